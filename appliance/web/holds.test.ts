/** Holds at the desk: placing, looking again, and two people to lift. */
import test from 'ava';
import { alsoSignedIn, ID, sealed, signedIn } from './testing/browser.ts';
import { recordingRow } from './testing/desk.ts';

const DAY_MS = 86_400_000;
const OTHER = 'f'.repeat(32);
const filled = {
  case: 'K-2026-131',
  reason: 'A claim is announced',
  owner: 'Legal affairs',
  review: '2026-03-01',
  recordings: ID,
  party: '',
};

async function deskWithHold() {
  const desk = await signedIn(['dpo']);
  desk.recordings.push(sealed());
  const placed = await desk.post('/holds', filled);
  const path = placed.headers.get('Location')!;
  return { ...desk, path };
}

test('a hold keeps a recording, with who placed it and why, and both pages say so', async (t) => {
  const { page, post, recordings, events, person } = await signedIn(['custodian']);
  t.regex(await page('/holds'), /Nothing is held/);
  recordings.push(sealed());
  t.regex(await page(`/recordings/${ID}`), /href="\/holds\/new\?recording=0123/);
  t.regex(await page(`/holds/new?recording=${ID}`), /1 recording will be held/);
  const placed = await post('/holds', { ...filled, reason: ' A claim\nis  announced ' });
  t.is(placed.status, 303);
  t.like(events.at(-1), {
    kind: 'hold_placed',
    actor: person.id,
    facts: {
      caseRef: 'K-2026-131',
      reason: 'A claim is announced',
      owner: 'Legal affairs',
      recordings: 1,
      // The last instant of 1 March in Amsterdam.
      reviewAt: Date.UTC(2026, 2, 1, 23) - 1,
    },
  });
  const hold = await page(placed.headers.get('Location')!);
  t.regex(hold, /Hold for K-2026-131/);
  t.regex(hold, /Sun,? 1 Mar 2026/);
  t.notRegex(hold, /0012 4471/, 'a hold names no parties');
  t.regex(await page('/holds'), /One hold keeps recordings/);
  const recording = await page(`/recordings/${ID}`);
  t.regex(recording, /Held for K-2026-131\. It stays past its day/);
  t.notRegex(recording, /Leaves (in|today|tomorrow)/);
  t.regex(await page('/recordings'), /Held/);
});

test('a hold without case, reason, owner, review or recordings is refused beside the field', async (t) => {
  const { post, recordings, events } = await signedIn(['dpo']);
  recordings.push(sealed());
  const before = events.length;
  for (const [fields, text] of [
    [{ case: '' }, /href="#case"/],
    [{ reason: '' }, /href="#reason"/],
    [{ reason: 'x'.repeat(501) }, /href="#reason"/],
    [{ owner: '' }, /href="#owner"/],
    [{ review: '' }, /href="#review">Give a day/],
    [{ review: '2026-01-01' }, /href="#review">The day of the review is tomorrow/],
    [{ review: '2027-06-01' }, /href="#review"/],
    [{ review: 'soon' }, /href="#review"/],
    [{ recordings: '' }, /href="#recordings">A hold is on named recordings or on one number, never on everything/],
    [{ recordings: '*' }, /href="#recordings">This is not the number of a recording/],
    [{ recordings: '', party: '*' }, /never on everything/],
    [{ recordings: '', party: '+' }, /never on everything/],
    [{ recordings: '', party: '+31' }, /never on everything/],
  ] as const) {
    const response = await post('/holds', { ...filled, ...fields });
    t.is(response.status, 422, JSON.stringify(fields));
    t.regex(await response.text(), text);
  }
  t.false(events.slice(before).some(({ kind }) => kind === 'hold_placed'));
  t.is((await post('/holds', { ...filled, recordings: OTHER })).status, 404);
});

test('a hold on a number is on what has it now, and looking for it is logged', async (t) => {
  const { page, post, recordings, events, vault } = await signedIn(['dpo']);
  recordings.push(sealed(), sealed(recordingRow({ id: OTHER, startedAt: 1e12, caller: '+31 78 555 0101' })));
  t.regex(await page('/recordings?party=0012'), /href="\/holds\/new\?party=0012"/);
  t.regex(await page('/holds/new?party=555'), /1 recording will be held/);
  t.like(events.at(-1), { kind: 'search', facts: { party: '555', found: 1 } });
  await post('/holds', { ...filled, recordings: '', party: '555' });
  t.deepEqual(
    vault.services.holds.list().map(({ id }) => vault.services.holds.recordingsOf(id)),
    [[OTHER]],
  );
  const response = await post('/holds', { ...filled, recordings: '', party: '99999' });
  t.is(response.status, 422);
  t.regex(await response.text(), /href="#party">No recording has this number/);
});

test('two people lift a hold: who asked sees that somebody else must confirm, and is refused', async (t) => {
  const first = await deskWithHold();
  const { path, events, person, vault } = first;
  const second = await alsoSignedIn(first, 'Ingrid Bakker', ['dpo']);
  await first.login();
  t.is((await second.post(`${path}/lift`, {})).status, 409, 'nobody has asked');
  t.is((await first.post(`${path}/ask-lift`, { reason: '' })).status, 422);
  await first.post(`${path}/ask-lift`, { reason: 'Claim settled' });
  t.like(events.at(-1), { kind: 'hold_lift_asked', actor: person.id, facts: { reason: 'Claim settled' } });
  const own = await first.page(`${path}/lift`);
  t.regex(own, /somebody else must confirm/);
  t.notRegex(own, /<button[^>]*class="danger"/);
  const refused = await first.post(`${path}/lift`, {});
  t.is(refused.status, 409);
  t.regex(await refused.text(), /role="alert"[\s\S]*You asked to lift it, so somebody else must confirm/);
  t.is((await first.post(`${path}/ask-lift`, { reason: 'again' })).status, 409);
  t.is(vault.services.holds.of(ID).length, 1);

  t.regex(await second.page('/'), /1 to decide on lifting/);
  const decide = await second.page(`${path}/lift`);
  t.regex(decide, /Claim settled/);
  t.regex(decide, /Robert Visser asked to lift it/);
  t.regex(decide, /class="door[\s\S]*<button class="danger"[^>]*>Lift the hold on 1 recording</);
  t.is((await second.post(`${path}/lift`, {})).status, 303);
  t.like(events.at(-1), { kind: 'hold_lifted', actor: second.person.id, facts: { askedBy: person.id, recordings: 1 } });
  t.regex(await second.page(path), /Lifted[\s\S]*by Ingrid Bakker, at the request of Robert Visser/);
  t.is((await second.post(`${path}/lift`, {})).status, 409, 'lifted once');
  t.notRegex(await second.page(`/recordings/${ID}`), /Held for/);
});

test('a custodian may ask to lift, also after a DPO who then decides, and never confirms', async (t) => {
  const dpo = await deskWithHold();
  const custodian = await alsoSignedIn(dpo, 'Fleur Hendriks', ['custodian']);
  await dpo.login();
  await dpo.post(`${dpo.path}/ask-lift`, { reason: 'Claim settled' });
  t.regex(await custodian.page(`${dpo.path}/lift`), /When you ask too, Robert Visser may decide/);
  t.is((await custodian.post(`${dpo.path}/lift`, {})).status, 403);
  t.is(dpo.vault.services.holds.of(ID).length, 1);
  t.is((await custodian.post(`${dpo.path}/ask-lift`, { reason: 'Yes, it is settled' })).status, 303);
  t.regex(await dpo.page(`${dpo.path}/lift`), /Fleur Hendriks asked to lift it/);
  t.is((await dpo.post(`${dpo.path}/lift`, {})).status, 303);
  t.is(dpo.vault.services.holds.of(ID).length, 0);
});

test('lifting says in numbers what leaves at once, and what another hold or a restriction keeps', async (t) => {
  const { page, post, recordings, path, vault, person } = await deskWithHold();
  const ids = [OTHER, 'e'.repeat(32), 'd'.repeat(32)];
  for (const id of ids) recordings.push(sealed(recordingRow({ id, startedAt: Date.UTC(2025, 5, 1) })));
  const placed = await post('/holds', { ...filled, case: 'K-2', recordings: [ID, ...ids].join('\n') });
  vault.restrictions.push({ recording: ids[2]!, ground: 'claims', reason: 'x', at: 1, by: person.id });
  const lift = await page(`${placed.headers.get('Location')}/lift`);
  t.regex(lift, /No longer held<\/dt><dd>2 recordings/);
  t.regex(lift, /2 recordings, past their day/);
  t.regex(lift, /Still held by another hold<\/dt><dd>2</);
  t.truthy(path);
});

test('a review that is overdue comes first, keeps holding, and is said on the first page', async (t) => {
  const { page, post, clock, login, vault } = await deskWithHold();
  await post('/holds', { ...filled, case: 'K-LATER', review: '2026-12-01' });
  clock.advance(100 * DAY_MS);
  await login();
  const list = await page('/holds');
  t.regex(list, /One hold waits for its review/);
  t.regex(list, /K-2026-131[\s\S]*Review overdue[\s\S]*K-LATER/);
  t.is(vault.services.holds.of(ID).length, 2);
  t.regex(await page('/'), /1 past its review/);
  const [first] = vault.services.holds.list();
  t.is((await post(`/holds/${first!.id}/renew`, { review: '2026-04-01' })).status, 422, 'that day has passed');
  t.is((await post(`/holds/${first!.id}/renew`, { review: '2026-09-01' })).status, 303);
  t.notRegex(await page('/holds'), /Review overdue/);
});

test('without audit log no hold is placed, renewed, asked about or lifted: 503, and nothing has changed', async (t) => {
  const first = await deskWithHold();
  const { world, path, vault, post } = first;
  const second = await alsoSignedIn(first, 'Ingrid Bakker', ['dpo']);
  await first.login();
  const before = () => JSON.stringify(vault.services.holds.list());
  const refuses = async (visitor: { post: typeof post }, at: string, fields: Record<string, string>) => {
    const was = before();
    world.auditWorks = false;
    const response = await visitor.post(at, fields);
    world.auditWorks = true;
    t.is(response.status, 503, at);
    t.regex(await response.text(), /audit log cannot be written, so nothing is opened, shown or changed/);
    t.is(before(), was, at);
  };
  await refuses(first, '/holds', filled);
  await refuses(first, `${path}/renew`, { review: '2026-05-01' });
  await refuses(first, `${path}/ask-lift`, { reason: 'Claim settled' });
  await post(`${path}/ask-lift`, { reason: 'Claim settled' });
  await refuses(second, `${path}/lift`, {});
});

test('what people type is text on every page of holds', async (t) => {
  const { page, post, recordings } = await signedIn(['dpo']);
  recordings.push(sealed());
  const evil = '"><script>alert(1)</script>';
  const placed = await post('/holds', { ...filled, case: evil, reason: evil, owner: evil });
  const path = placed.headers.get('Location')!;
  await post(`${path}/ask-lift`, { reason: evil });
  for (const at of ['/holds', path, `${path}/lift`, `/recordings/${ID}`, '/audit'])
    t.false((await page(at)).includes('<script>alert'), at);
  const refused = await post('/holds', { ...filled, recordings: evil, party: evil, review: evil });
  t.false((await refused.text()).includes('<script>alert'));
});
