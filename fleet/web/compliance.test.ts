/** Compliance at the console as people use it, and what anybody may read. */
import { hash } from 'node:crypto';
import { setImmediate as breath } from 'node:timers/promises';
import test from 'ava';
import { z } from 'zod';
import { problem as complianceProblem } from '../compliance/problems.ts';
import { dataClasses, measures } from '../compliance/terms.ts';
import { boxesSend } from './boxes-send.ts';
import { languages, texts } from './i18n/language.ts';
import { sentWords } from './pages/boxes-send.ts';
import { problemText } from './pages/problem.ts';
import { of, testConsole } from './testing/console.ts';

async function world(t: Parameters<typeof testConsole>[0]) {
  const made = await testConsole(t);
  made.works.agreement = null;
  const customer = await made.services.tenants.createCustomer(made.scope, 'Notaris <Jansen>', 'operator');
  return { ...made, customer, at: `/customers/${customer.id}/agreement` };
}

test('an agreement is read, sent as it was read, signed by a scan that stays away, and ended', async (t) => {
  const { join, at, customer, services, scope, clock, log } = await world(t);
  const { page, post, get } = await join('joost@noordkop.example', [of('operator')]);
  t.regex(await page(at), /No box can be paired here.*83\(4\).*10 million/s);
  t.regex(await page('/agreements'), /Notaris &lt;Jansen&gt;.*There is none/s);
  const preview = await page(`${at}/preview?in=nl`);
  t.regex(preview, /<pre class="text" lang="nl"[^>]*>.*Notaris &lt;Jansen&gt;/s);
  const seen = /name="seen" value="([0-9a-f]{64})"/.exec(preview)![1]!;
  t.is((await post(`${at}/send`, { in: 'nl', seen: 'f'.repeat(64) })).status, 409, 'another text than was read');
  t.is((await services.compliance.agreements.with(scope, customer.id)).agreements.length, 0);
  t.is((await post(`${at}/send`, { in: 'nl', seen })).status, 303);
  const [, path] = /href="([^"]+\/text)"/.exec(await page(at))!;
  const text = await get(path!);
  t.is(hash('sha256', await text.text()), seen);
  t.regex(text.headers.get('Content-Disposition')!, /^attachment; filename="agreement-[0-9a-f]{12}\.txt"$/);

  const sign = (more: object) =>
    post(`${at}/sign`, { by: 'A. Jansen', on: '2026-10-08', ends: '2027-12-31', digest: '', ...more });
  t.regex(await (await sign({ on: '2026-10-10' })).text(), /id="on-error"/);
  t.regex(await (await sign({ on: 'soon' })).text(), /Give a day that exists/);
  t.regex(await (await sign({ ends: '2026-10-01' })).text(), /cannot end before it was signed.*id="ends-error"/s);
  for (const ends of ['soon', '2027-99-99', '2027-02-30']) {
    const never = await sign({ ends });
    t.is(never.status, 400, ends);
    t.regex(await never.text(), /Give a day that exists.*id="ends-error"/s, ends);
  }
  t.regex(await (await sign({ digest: 'abc' })).text(), /id="digest-error".*value="abc"/s);
  t.is((await sign({ digest: 'A'.repeat(64) })).status, 303);
  const signed = await page(at);
  t.regex(signed, /31 Dec 2027/);
  t.regex(signed, new RegExp(`SHA-256 of what was signed.*${'a'.repeat(64)}`, 's'));
  t.regex(signed, /these are the annexes that hold now/);
  t.regex(await page(at), /data-hashes="digest" hidden/);

  const day = {
    name: 'Rekenhuis',
    purpose: 'backups',
    country: 'NL',
    parentCountry: 'US',
    transfer: null,
    since: null,
  };
  await services.compliance.subprocessors.add(day, 'operator');
  t.regex(await page(at), /Sub-processors<small>Rekenhuis<\/small>.*new/s);
  t.regex(await page('/agreements'), /older than those that hold now/);
  clock.advance(450 * 86_400_000);
  const late = await join('els@noordkop.example', [of('operator')]);
  t.regex(await late.page(at), /It has expired.*Policies are still sent to boxes until/s);
  t.is((await late.post(`${at}/end`, {})).status, 303);
  t.regex(await late.page(at), /No policies are sent/);
  t.is((await late.post(`${at}/end`, {})).status, 404);
  const kinds = (await log.about(scope.msp, { limit: 200 })).rows.map(({ event }) => event.kind);
  for (const kind of ['agreement_sent', 'agreement_signed', 'agreement_ended'] as const)
    t.is(kinds.filter((one) => one === kind).length, 1, kind);
});

test('a change is read and objected to by who may; others see what became of it', async (t) => {
  const { join, customer, services, scope } = await world(t);
  await services.compliance.agreements.send(scope, customer.id, 'en', 'operator');
  const one = {
    name: 'Rekenhuis',
    purpose: 'backups',
    country: 'NL',
    parentCountry: 'NL',
    transfer: null,
    since: null,
  };
  const { id } = await services.compliance.subprocessors.add(one, 'operator');
  const at = `/customers/${customer.id}/changes/${id}`;
  const joost = await join('joost@noordkop.example', [of('operator')]);
  t.regex(await joost.page('/subprocessors'), /Rekenhuis.*Announced.*Not reached yet/s);
  t.regex(await joost.page(at), /was not told yet\. It may object until 30 days after it was/);
  t.notRegex(await joost.page(at), /<textarea/);
  await joost.post(`${at}/read`, {});
  t.regex(await joost.page('/subprocessors'), /state ok">Read/);
  t.regex(await joost.page(at), /may object until 8 Nov 2026/);
  const maaike = await join('maaike@noordkop.example', [of('owner')]);
  t.regex(await (await maaike.post(`${at}/object`, { why: ' ' })).text(), /id="why-error"/);
  await maaike.post(`${at}/object`, { why: 'Not <them>' });
  t.regex(await joost.page(at), /Objected.*Not &lt;them&gt;/s);
});

test('an incident stands on every page of who it concerns, until somebody who may has read it', async (t) => {
  const { join, customer, services, scope, other, log, clock } = await world(t);
  const joost = await join('joost@noordkop.example', [of('operator')]);
  const piet = await join('piet@noordkop.example', [of('read_only')]);
  const strange = await join('an@zuidrand.example', [of('owner')], other);
  const open = (drill: boolean, what: string) =>
    services.compliance.incidents.open(
      {
        drill,
        severity: 'serious',
        what,
        about: 'names',
        foundAt: 0,
        concerns: { customers: [customer.id], boxes: [] },
      },
      'operator',
    );
  const drill = await open(true, 'Exercise');
  t.regex(await joost.page('/tokens'), /There is a drill: nothing has happened/);
  const incident = await open(false, 'A disk <was> stolen');
  for (const path of ['/', '/customers', '/account'])
    t.regex(await piet.page(path), /There is an incident that concerns you/);
  t.notRegex(await strange.page('/'), /incident that concerns|There is a drill/);
  t.is((await strange.get(`/incidents/${incident.id}`)).status, 404);
  const at = `/incidents/${incident.id}`;
  const text = await piet.page(at);
  t.regex(text, /A disk &lt;was&gt; stolen.*Notaris &lt;Jansen&gt;/s);
  t.notRegex(text, /action="[^"]*\/read"/);
  t.is((await piet.post(`${at}/read`, {})).status, 403);
  t.is((await joost.post(`${at}/read`, {})).status, 303);
  t.notRegex(await piet.page('/'), /incident that concerns/);
  t.regex(await piet.page('/'), /There is a drill/);
  await joost.post(`/incidents/${drill.id}/read`, {});
  t.notRegex(await piet.page('/'), /There is a drill/);
  const { incidents } = services.compliance;
  t.is((await incidents.reach(incident.id)).read, 1);
  await incidents.addStep(incident.id, 'The disk <was> found', 'operator');
  t.regex(await piet.page('/'), /There is an incident that concerns you/, 'what is new was not read');
  t.regex(await joost.page(at), /The disk &lt;was&gt; found.*Not read yet/s);
  t.is((await joost.post(`${at}/read`, {})).status, 303);
  t.notRegex(await piet.page('/'), /incident that concerns/);
  await incidents.tellConcerned(async () => clock.now());
  const { rows } = await log.about(scope.msp, { limit: 200 });
  const facts = rows.flatMap(({ event }) => (event.kind === 'incident_told' ? [event.facts] : []));
  t.deepEqual(
    facts.find((one) => one.incident === incident.id),
    {
      ...{ msp: scope.msp, of: customer.id, incident: incident.id, step: 1 },
    },
  );
  t.true((await log.about(scope.msp)).rows.some(({ event }) => event.kind === 'incident_read'));
});

test('what an MSP takes away is its own, whole, and in the log before', async (t) => {
  const { join, scope, other, log } = await world(t);
  const anna = await join('anna@noordkop.example', [of('auditor')]);
  t.regex(await anna.page('/records'), /Audit pack/);
  const data = await (await anna.post('/records/data', {})).text();
  const lines = data.trimEnd().split('\n');
  const end = JSON.parse(lines.at(-1)!);
  t.is(end.digest ?? end.sha256, hash('sha256', `${lines.slice(0, -1).join('\n')}\n`));
  t.true(data.includes('Notaris <Jansen>') && !data.includes(other.msp));
  const { event } = (await log.about(scope.msp)).rows[0]!;
  t.like(event, { kind: 'tenant_exported', actor: anna.person.id });
  t.is(await (await anna.post('/records/pack', {})).text(), `${scope.msp} ${anna.person.id}`);
  t.regex(await (await anna.get('/records/key')).text(), /^-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA/);
});

test('a download is read from the database as fast as somebody takes it, and no more of it once nobody does', async (t) => {
  const { join, services } = await world(t);
  const anna = await join('anna@noordkop.example', [of('auditor')]);
  let written = 0;
  const ended = new Promise<unknown>((done) => {
    Object.assign(services.compliance, {
      async exportTenant(_msp: string, _actor: string, write: (line: string) => Promise<void>) {
        try {
          for (;;) {
            await write('{}\n');
            written++;
          }
        } catch (error) {
          done(error);
          throw error;
        }
      },
    });
  });
  const reader = (await anna.post('/records/data', {})).body!.getReader();
  await reader.read();
  for (let turn = 0; turn < 100; turn++) await breath();
  t.true(written < 10, 'what nobody has taken is not read ahead');
  await reader.cancel(new Error('gone'));
  t.like(await ended, { message: 'gone' });
});

/** As `/trust.json` is: every key there, nothing null. */
const text = z.string().min(1);
const country = z.string().length(2);
const location = z.strictObject({
  countries: z.array(country).min(1),
  places: z.array(z.strictObject({ purpose: text, country, runBy: text, connected: z.boolean() })).min(1),
});
const attested = { name: text, by: text, day: z.iso.date() };
const trustSchema = z.strictObject({
  provider: z.strictObject({ name: text, address: text, country, parentCountry: country }),
  contact: text,
  location,
  securityMeasures: z.array(z.enum(measures)).min(5),
  personalData: z
    .array(z.strictObject({ what: z.enum(dataClasses), days: z.union([z.number(), z.literal('until_removed')]) }))
    .min(1),
  subprocessors: z.union([
    z.literal('none'),
    z.array(
      z.strictObject({
        name: text,
        purpose: text,
        country,
        parentCountry: country,
        since: z.iso.date(),
        transfer: text,
      }),
    ),
  ]),
  certifications: z.union([z.literal('none'), z.array(z.strictObject({ ...attested, lapsed: z.boolean() }))]),
  audits: z.union([z.literal('none'), z.array(z.strictObject(attested))]),
  agreement: z.strictObject({ version: z.number(), digest: z.string().length(64) }),
  updatedAt: z.iso.datetime(),
});

test('anybody reads trust, location and what boxes send; nobody of the tenants is in it', async (t) => {
  const { visitor, join, services, scope, customer } = await world(t);
  const maaike = await join('maaike@noordkop.example', [of('owner')]);
  await services.compliance.agreements.send(scope, customer.id, 'en', 'operator');
  const one = {
    name: 'Rekenhuis',
    purpose: 'backups',
    country: 'NL',
    parentCountry: 'NL',
    transfer: null,
    since: null,
  };
  await services.compliance.subprocessors.add(one, 'operator');
  const { get } = visitor();
  for (const path of ['/trust', '/trust.json', '/location', '/location.json', '/boxes-send']) {
    const answer = await get(path);
    t.is(answer.status, 200, path);
    t.regex(answer.headers.get('Cache-Control')!, /^public, max-age=\d+$/, path);
    const body = await answer.text();
    for (const name of ['maaike', 'Jansen', 'Noordkop', scope.msp, customer.id])
      t.false(body.includes(name), `${path}: ${name}`);
  }
  const is = await (await get('/trust.json')).json();
  t.notThrows(() => trustSchema.parse(is));
  t.false(JSON.stringify(is).includes('null'));
  t.deepEqual(await (await get('/location.json')).json(), (is as z.infer<typeof trustSchema>).location);
  t.notThrows(() => location.parse((is as z.infer<typeof trustSchema>).location));
  const footer = /<footer.*<\/footer>/s.exec(await (await get('/sign-in')).text())![0];
  for (const path of ['/trust', '/location', '/boxes-send']) t.true(footer.includes(`href="${path}"`), path);
  t.is((await maaike.get('/trust')).headers.get('Cache-Control'), 'no-store', 'with a name in its head it is for one');
  t.regex(await maaike.page('/trust'), /maaike/);
});

test('what the fleet refuses of a place that an MSP enters is said in the reader’s language', (t) => {
  for (const language of languages)
    for (const code of ['region_locked', 'transfer_blocked', 'destination_undeclared', 'country_invalid'] as const) {
      const refused = complianceProblem(code);
      t.is(problemText({ t: texts[language] }, refused) === refused.advice, language === 'en', `${language} ${code}`);
    }
});

test('whoever asks too often is told to wait', async (t) => {
  const { visitor } = await testConsole(t);
  const { get } = visitor();
  let status = 200;
  for (let at = 0; at < 700 && status === 200; at++) status = (await get('/location.json')).status;
  t.is(status, 429);
});

test('every field that a box can send has words in each language, and no words are for nothing', (t) => {
  const names = boxesSend.flatMap(({ name, fields }) => fields.map((field) => ({ name, field })));
  t.true(names.length > 90);
  for (const language of languages) {
    const own = texts[language].boxesSend;
    const without = names.filter(
      ({ name, field }) => sentWords({ t: texts[language], language }, name, field) === field.path,
    );
    t.deepEqual(without, [], language);
    const plain = names
      .map(({ name, field }) => `${name}.${field.path}`)
      .filter((path) => !path.startsWith('health.gauges.'));
    t.deepEqual(Object.keys(own.fields).sort(), plain.sort(), language);
    t.deepEqual(
      Object.keys(own.messages),
      boxesSend.map(({ name }) => name),
      language,
    );
  }
  const form = (name: string, path: string) =>
    boxesSend.find((one) => one.name === name)!.fields.find((field) => field.path === path)!;
  t.like(form('audit', 'hours.erased'), { form: { is: 'number', min: 5 }, maybe: true });
  t.like(form('reported', 'policy.pending.weakens'), { upTo: 200, maybe: true });
  t.like(form('event', 'is').form, { is: 'one', of: ['finding', 'gap'] });
});
