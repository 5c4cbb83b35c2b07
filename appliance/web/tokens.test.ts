/** Tokens at the desk: made with a fresh code, shown once, listed, revoked. */
import test from 'ava';
import { ORIGIN, signedIn } from './testing/browser.ts';

const FORM = { name: 'CRM of sales', which: 'named', extensions: '214, 215', wishes: ['pause', 'resume'] };
const DAY_MS = 86_400_000;

/** A day so many days from now, as a form has it. */
const dayIn = (now: number, days: number) => new Date(now + days * DAY_MS).toISOString().slice(0, 10);

const textIn = (page: string) => /<code class="whole">(belkluis_[0-9a-f]{16}_[\w-]{43})<\/code>/.exec(page)?.[1];

test('a token is made with a fresh code and shown once; its program is revoked by name', async (t) => {
  const { page, post, get, desk, events, clock, person, tools } = await signedIn(['admin']);
  tools.world.ofPhone = [];
  t.regex(await page('/phones'), /href="\/tokens"/);
  t.regex(await page('/tokens'), /No program controls recordings/);
  const until = dayIn(clock.now(), 30);
  const made = await post('/tokens', { ...FORM, until, code: person.code() });
  t.is(made.status, 200);
  t.is(made.headers.get('Cache-Control'), 'no-store');
  const text = textIn(await made.text())!;
  t.truthy(text);
  const ask = () => desk.request(`${ORIGIN}/api/v1/extensions/214`, { headers: { Authorization: `Bearer ${text}` } });
  t.is((await ask()).status, 200);
  const list = await page('/tokens');
  t.regex(list, /CRM of sales[\s\S]*214, 215[\s\S]*Pause, Go on[\s\S]*Robert Visser/);
  t.false(list.includes(text.slice(-43)));
  t.like(events.at(-1), { kind: 'token_added', facts: { name: 'CRM of sales', extensions: ['214', '215'] } });
  t.false(JSON.stringify(events).includes(text.slice(-43)));
  t.regex(await page('/audit'), /CRM of sales/);
  const [, id] = text.split('_');
  t.is((await post(`/tokens/${id}/revoke`, {})).status, 303);
  t.is((await ask()).status, 401);
  t.is((await post(`/tokens/${id}/revoke`, {})).status, 404);
  t.is((await get('/tokens')).status, 200);
  t.like(events.at(-1), { kind: 'token_revoked', actor: person.id, facts: { name: 'CRM of sales' } });
});

test('a form that is refused says why at its field, keeps what was typed, and uses up no code', async (t) => {
  const { post, clock, person, access } = await signedIn(['admin']);
  const until = dayIn(clock.now(), 30);
  const code = person.code();
  const right = { ...FORM, until, code };
  for (const [more, field] of [
    [{ name: '' }, 'name'],
    [{ extensions: '' }, 'extensions'],
    [{ extensions: '214 a/b' }, 'extensions'],
    [{ wishes: [] }, 'wishes'],
    [{ wishes: ['object'] }, 'wishes'],
    [{ until: '' }, 'until'],
    [{ until: dayIn(clock.now(), 0) }, 'until'],
    [{ until: dayIn(clock.now(), 367) }, 'until'],
    [{ code: '000000' }, 'code'],
  ] as const) {
    const refused = await post('/tokens', { ...right, ...more });
    t.is(refused.status, field === 'code' || field === 'name' ? 400 : 422, JSON.stringify(more));
    const page = await refused.text();
    t.regex(page, new RegExp(`<a href="#${field}">`), JSON.stringify(more));
    if (!('name' in more)) t.regex(page, /value="CRM of sales"/);
    t.is(textIn(page), undefined);
  }
  t.deepEqual(access.tokens.list(), []);
  t.is((await post('/tokens', right)).status, 200);
  t.is((await post('/tokens', { ...right, name: 'Other' })).status, 400, 'a code counts once');
});

test('an administrator is not offered to let a program erase; a DPO is, and the list says so in Dutch', async (t) => {
  const admin = await signedIn(['admin']);
  t.false((await admin.page('/tokens/new')).includes('value="object"'));
  const dpo = await signedIn(['dpo']);
  t.true((await dpo.page('/tokens/new')).includes('value="object"'));
  const until = dayIn(dpo.clock.now(), 7);
  const form = { ...FORM, which: 'all', wishes: ['object'], until, code: dpo.person.code() };
  t.is((await dpo.post('/tokens', form)).status, 200);
  await dpo.page('/tokens?language=nl');
  t.regex(await dpo.page('/tokens'), /Alle toestellen[\s\S]*Stoppen en wissen[\s\S]*class="state warn"/);
});
