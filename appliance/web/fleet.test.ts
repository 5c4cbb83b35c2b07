/** The fleet at the desk: a code, who asks, what a person compares and decides, and leaving. */
import { readClaimCode } from '@belkluis/shared/contract/enrolment/code';
import { messages } from '@belkluis/shared/contract/messages';
import test from 'ava';
import { problem } from '../uplink/enrol/problems.ts';
import { en } from './i18n/en.ts';
import { signedIn } from './testing/browser.ts';
import { shownFleet } from './testing/fleet.ts';
import { formOf } from './testing/forms.ts';

const kinds = (events: readonly { readonly kind: string }[]) => events.map(({ kind }) => kind);
const BOTH = ['root', 'policyKey'];

test('what a fleet is told and may do is said message by message, before anybody makes a code', async (t) => {
  const { page } = await signedIn(['dpo']);
  const html = await page('/fleet');
  for (const text of [...Object.values(en.fleet.told), ...Object.values(en.fleet.acts), ...en.fleet.nevers])
    t.true(html.includes(text), text);
  const said = [...Object.keys(en.fleet.told), ...Object.keys(en.fleet.acts)].sort();
  t.deepEqual(said, Object.keys(messages).sort(), 'as many as the contract has');
});

test('a code is made, shown as text and as a picture to who may decide, and given up', async (t) => {
  const { page, post, events } = await signedIn(['admin']);
  const wrong = await post('/fleet/begin', { url: 'fleet.example' });
  t.is(wrong.status, 422);
  t.regex(await wrong.text(), /href="#url">[\s\S]*value="fleet.example"/);
  const made = await post('/fleet/begin', { url: 'https://fleet.example:8443/' });
  t.is(made.headers.get('Location'), '/fleet');
  const html = await page('/fleet');
  t.truthy(readClaimCode(/<code>([^<]+)</.exec(html)![1]!));
  t.regex(html, /<svg role="img"[\s\S]*24 hours, until/);
  t.is((await post('/fleet/give-up', {})).status, 303);
  t.regex(await page('/fleet'), /No fleet manages this box/);
  t.deepEqual(kinds(events).slice(-2), ['fleet_code_made', 'fleet_refused']);
});

test('a custodian sees that a code waits, and never the code', async (t) => {
  const { page, fleet } = await signedIn(['custodian']);
  await fleet.services.begin({ id: 'x' } as never, 'https://fleet.example');
  const html = await page('/fleet');
  t.regex(html, /shown to a DPO or an administrator alone/);
  const status = fleet.services.status();
  t.false(status.at === 'offering' && html.includes(status.code.slice(0, 4)));
  t.notRegex(html, /<svg role="img"|<form method="post" action="\/fleet/);
});

test('without the organisation’s own key no code is made', async (t) => {
  const { page, post, fleet, events } = await signedIn(['dpo']);
  fleet.world.ready = false;
  t.regex(await page('/fleet'), /own key comes before anybody else’s/);
  t.notRegex(await page('/fleet'), /action="\/fleet\/begin"/);
  const response = await post('/fleet/begin', { url: 'https://fleet.example' });
  t.is(response.status, 409);
  t.regex(await response.text(), /belkluis trust set/);
  t.false(kinds(events).includes('fleet_code_made'));
});

test('who asks is shown with both fingerprints whole, and confirmed once they were compared and a fresh code was right', async (t) => {
  const { page, post, fleet, events, person } = await signedIn(['dpo']);
  fleet.offered();
  t.regex(await page('/'), /Noordzee Telecom B\.V\. wants to manage this box[\s\S]*href="\/fleet">Compare and decide/);
  const html = await page('/fleet');
  const read = html.replaceAll(/<w?br>/g, '');
  t.true(read.includes(`<code>${shownFleet.root}</code>`) && read.includes(`<code>${shownFleet.policyKey}</code>`));
  t.is(html.match(/class="door"/g)?.length, 1);
  const shown = formOf(html);
  t.is(shown.compared, undefined, 'nothing is ticked beforehand');
  const code = person.code();
  for (const [compared, typed, at] of [
    [['root'], code, '#compared'],
    [BOTH, '000000', '#code'],
    [[], code, '#compared'],
  ] as const) {
    const response = await post('/fleet/confirm', { ...shown, compared, code: typed });
    t.regex(await response.text(), new RegExp(`role="alert"[\\s\\S]*href="${at}"`));
    t.is(fleet.world.status.at, 'offered');
  }
  t.false(kinds(events).includes('fleet_confirmed'));
  t.is((await post('/fleet/confirm', { ...shown, compared: BOTH, code })).status, 303);
  t.is(fleet.world.status.at, 'enrolled');
  t.is(events.at(-1)!.actor, person.id);
});

test('another fleet than the one that was looked at is not confirmed by an old page', async (t) => {
  const { page, post, fleet, person } = await signedIn(['dpo']);
  fleet.offered();
  const shown = formOf(await page('/fleet'));
  const other = shownFleet.root.replace('A1', 'FF');
  fleet.world.status = { at: 'offered', fleet: { ...shownFleet, root: other }, expiresAt: 1e13 };
  const response = await post('/fleet/confirm', { ...shown, compared: BOTH, code: person.code() });
  t.is(response.status, 409);
  const html = await response.text();
  t.regex(html, /Another fleet waits now/);
  t.true(html.replaceAll(/<w?br>/g, '').includes(`<code>${other}</code>`));
  t.is(fleet.world.status.at, 'offered');
});

test('a fleet is refused with a code of the authenticator, and not by a page that only gave up a code', async (t) => {
  const { post, fleet, events, person } = await signedIn(['admin']);
  fleet.offered();
  t.is((await post('/fleet/give-up', {})).status, 409);
  t.is((await post('/fleet/refuse', { code: '000000' })).status, 400);
  t.is(fleet.world.status.at, 'offered');
  t.is((await post('/fleet/refuse', { code: person.code() })).status, 303);
  t.is(fleet.world.status.at, 'alone');
  t.is(events.at(-1)!.kind, 'fleet_refused');
});

test('a fleet that cannot be asked is said on the page, which shows how things stand', async (t) => {
  const { post, page, fleet, person } = await signedIn(['dpo']);
  fleet.offered();
  const shown = formOf(await page('/fleet'));
  fleet.world.fault = problem('fleet_refused', 'no_agreement');
  const response = await post('/fleet/confirm', { ...shown, compared: BOTH, code: person.code() });
  const html = await response.text();
  t.regex(html, /Confirmed: the certificate is still to come/);
  t.regex(html, /It says: there is no processing agreement/);
  fleet.world.fault = problem('fleet_unreachable', 'ECONNREFUSED');
  t.regex(await (await post('/fleet/ask', {})).text(), /The fleet does not answer/);
});

test('who manages the box, and how the connection is, is for everybody of the desk', async (t) => {
  for (const role of ['custodian', 'dpo', 'admin'] as const) {
    const { page, fleet, clock } = await signedIn([role]);
    fleet.connected();
    const html = await page('/fleet');
    t.regex(
      html,
      /Noordzee Telecom B\.V\. manages this box[\s\S]*Certificate until[\s\S]*3 messages[\s\S]*up to entry 1,204/,
    );
    t.is(html.includes('/fleet/leave'), role !== 'custodian');
    fleet.world.connection = { ...fleet.world.connection!, connected: false, fault: 'unreachable', lastAt: null };
    t.regex(await page('/fleet'), /Not connected[\s\S]*no way to the fleet[\s\S]*not since the box started/);
    t.regex(await page('/health'), /Not connected[\s\S]*Noordzee Telecom/);
    const lapsed = { at: 'enrolled', fleet: shownFleet, expiresAt: clock.now() - 1, renewal: 'lapsed' } as const;
    fleet.world.status = lapsed;
    t.regex(await page('/fleet'), /was not renewed in time/);
  }
});

test('leaving says what happens in numbers, and takes a code', async (t) => {
  const { page, get, post, fleet, events, person } = await signedIn(['dpo']);
  t.is((await get('/fleet/leave')).headers.get('Location'), '/fleet');
  fleet.connected();
  const html = await page('/fleet/leave');
  t.regex(
    html,
    /0 recordings, as they are[\s\S]*1, signed by the organisation[\s\S]*3 messages[\s\S]*entries\. From now on/,
  );
  t.is((await post('/fleet/leave', { code: '000000' })).status, 400);
  t.is(fleet.world.status.at, 'enrolled');
  t.is((await post('/fleet/leave', { code: person.code() })).status, 303);
  t.is(fleet.world.status.at, 'alone');
  t.is(events.at(-1)!.kind, 'fleet_left');
});

test('moving leaves and begins anew, and a wrong address leaves nothing', async (t) => {
  const { page, post, fleet, events, person, clock } = await signedIn(['admin']);
  fleet.connected();
  t.regex(await page('/fleet/move'), /Address of the next fleet[\s\S]*Leave, and make a code/);
  const wrong = await post('/fleet/move', { url: 'http://next.example', code: person.code() });
  t.is(wrong.status, 422);
  t.is(fleet.world.status.at, 'enrolled');
  clock.advance(30_000);
  t.is((await post('/fleet/move', { url: 'https://next.example', code: person.code() })).status, 303);
  t.like(fleet.world.status, { at: 'offering', url: 'https://next.example' });
  t.deepEqual(kinds(events).slice(-2), ['fleet_left', 'fleet_code_made']);
});

test('what cannot be logged is not done', async (t) => {
  const { post, page, fleet, world, person } = await signedIn(['dpo']);
  fleet.offered();
  const shown = formOf(await page('/fleet'));
  const code = person.code();
  world.auditWorks = false;
  t.is((await post('/fleet/confirm', { ...shown, compared: BOTH, code })).status, 503);
  t.is(fleet.world.status.at, 'offered');
});
