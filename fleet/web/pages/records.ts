/** What an MSP may take away: the signed pack for auditors, and all that is here of it. */
import { html } from '@belkluis/shared/web/html';
import { head } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { allowed, type ConsoleEnv } from '../visit.ts';
import { complianceNav } from './compliance-parts.ts';
import { layout } from './layout.ts';

const fileName = (name: string, at: number, ending: string) =>
  `attachment; filename="${name}-${new Date(at).toISOString().slice(0, 10)}.${ending}"`;

export const recordsRoutes = new Hono<ConsoleEnv>()
  .get('/records', (c) => {
    allowed(c, 'take audit packs');
    const visit = c.get('visit');
    const { records } = visit.t;
    const body = html`${head(records.title, records.lead)}
      <div class="stack">
        ${complianceNav(visit, 'records')}
        <section aria-labelledby="pack"><header><h2 id="pack">${records.pack}</h2><p>${records.packLead}</p></header>
          <p>${records.packHow} <code>node belkluis-verify.mjs audit-pack.tar --key fleet-public.pem</code></p>
          <form method="post" action="/records/pack"><div class="row"><button>${records.packVerb}</button><a href="/records/key" download="fleet-public.pem">${records.key}</a></div></form></section>
        <section aria-labelledby="data"><header><h2 id="data">${records.data}</h2><p>${records.dataLead}</p></header>
          <form method="post" action="/records/data"><button>${records.dataVerb}</button></form></section>
        <p class="soft">${records.logged}</p>
      </div>`;
    return c.html(layout(visit, { title: records.title, place: 'compliance', body }));
  })
  .get('/records/key', (c) => {
    allowed(c, 'take audit packs');
    // SPKI of Ed25519 (RFC 8410 4): a fixed head before the 32 bytes of the key.
    const spki = Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      Buffer.from(c.get('visit').services.logKey, 'base64'),
    ]);
    return c.body(`-----BEGIN PUBLIC KEY-----\n${spki.toString('base64')}\n-----END PUBLIC KEY-----\n`, 200, {
      'Content-Type': 'application/x-pem-file',
    });
  })
  .post('/records/pack', async (c) => {
    const { scope, person } = allowed(c, 'take audit packs');
    const { services, now } = c.get('visit');
    const pack = await services.auditPack(scope.msp, person.id);
    return c.body(Uint8Array.from(pack), 200, {
      'Content-Type': 'application/x-tar',
      'Content-Disposition': fileName('audit-pack', now, 'tar'),
    });
  })
  .post('/records/data', (c) => {
    const { scope, person } = allowed(c, 'take audit packs');
    const { services, now } = c.get('visit');
    const { readable, writable } = new TextEncoderStream();
    const lines = writable.getWriter();
    // A line is read from the database when whoever downloads has taken the one before; nobody does any more: nothing is read.
    services.compliance
      .exportTenant(scope.msp, person.id, (line) => lines.write(line))
      .then(() => lines.close())
      // Cut off: a file without its last line is known not to be whole.
      .catch((error: unknown) => lines.abort(error).catch(() => {}));
    return c.body(readable, 200, {
      'Content-Type': 'application/x-ndjson',
      'Content-Disposition': fileName('tenant-data', now, 'jsonl'),
    });
  });
