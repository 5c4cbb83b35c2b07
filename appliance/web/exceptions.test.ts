/** Calls that were not recorded, at the desk. */
import test from 'ava';
import { signedIn } from './testing/browser.ts';

const LOST = 'e'.repeat(32);

async function deskWithLost() {
  const desk = await signedIn(['dpo']);
  const at = desk.services.clock.now() - 3_600_000;
  const call = {
    caller: '+31201234567',
    callee: '204',
    startedAt: at,
    talkMs: 65_000,
    call: null,
    purpose: 'complaints',
  };
  const kept = { source: 'pbx', cause: 'not_seen', foundAt: at, expiresAt: at + 1e9 };
  desk.vault.exceptions.add([{ id: LOST, ...call, ...kept }], () => {});
  return desk;
}

test('an unrecorded call is listed with its cause; who looked is in the log; a sentence explains it once', async (t) => {
  const { page, post, events, person } = await deskWithLost();
  const list = await page('/exceptions');
  t.regex(list, /One call should have been recorded and was not/);
  t.regex(list, /\+31201234567 → 204/);
  t.regex(list, /did not come through this box/);
  t.like(events.at(-1), { kind: 'search', actor: person.id, facts: { found: 1 } });
  t.is((await post(`/exceptions/${LOST}`, { words: ' ' })).status, 422);
  t.is((await post(`/exceptions/${LOST}`, { words: 'The night line goes past the box; rerouted.' })).status, 303);
  t.like(events.at(-1), { kind: 'exception_explained', facts: { exception: LOST } });
  t.regex(await page('/exceptions'), /No call is missing/);
  t.is((await post(`/exceptions/${LOST}`, { words: 'Again' })).status, 409);
});
