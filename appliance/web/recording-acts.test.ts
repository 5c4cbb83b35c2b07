/** Restriction and erasure of one recording at the desk, and the certificate. */
import test from 'ava';
import { ID, sealed, signedIn } from './testing/browser.ts';
import { recordingRow } from './testing/desk.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 1);
const request = { reason: 'request', case: 'V-2026-022' };

async function deskWithRecording(row = recordingRow({ id: ID, startedAt: NOW })) {
  const desk = await signedIn(['dpo', 'custodian']);
  desk.recordings.push(sealed(row));
  return desk;
}

test('a restricted recording stays and cannot be opened, and its page says why', async (t) => {
  const { page, post, get, events, person } = await deskWithRecording();
  t.regex(await page(`/recordings/${ID}`), /id="open"/);
  t.is((await post(`/recordings/${ID}/restrict`, { reason: 'Contested' })).status, 422);
  t.is((await post(`/recordings/${ID}/restrict`, { ground: 'whim', reason: 'Contested' })).status, 422);
  t.is((await post(`/recordings/${ID}/restrict`, { ground: 'accuracy', reason: '' })).status, 422);
  t.is((await post(`/recordings/${ID}/restrict`, { ground: 'accuracy', reason: 'Contested' })).status, 303);
  t.like(events.at(-1), {
    kind: 'restriction_placed',
    actor: person.id,
    facts: { recording: ID, ground: 'accuracy', reason: 'Contested' },
  });
  const restricted = await page(`/recordings/${ID}`);
  t.regex(restricted, /Restricted since[\s\S]*accuracy contested[\s\S]*Nobody opens it/);
  t.notRegex(restricted, /id="open"/);
  const before = events.length;
  const release = await post(`/recordings/${ID}/release`, { why: 'complaint' }, { Accept: '*/*' });
  t.is(release.status, 409);
  t.like(await release.json(), { code: 'recording_restricted' });
  t.is((await get(`/recordings/${ID}/content`)).status, 409);
  t.is(events.length, before, 'nothing was handed out');
  t.regex(await page('/holds'), /accuracy contested/);

  t.regex(await page(`/recordings/${ID}/lift-restriction`), /Tell the person concerned before you do/);
  t.is((await post(`/recordings/${ID}/lift-restriction`, { reason: '' })).status, 422);
  t.is((await post(`/recordings/${ID}/lift-restriction`, { reason: 'Verified' })).status, 303);
  t.like(events.at(-1), { kind: 'restriction_lifted', facts: { recording: ID, reason: 'Verified' } });
  t.is((await post(`/recordings/${ID}/release`, { why: 'complaint' })).status, 200);
  t.is((await post(`/recordings/${ID}/lift-restriction`, { reason: 'again' })).status, 409);
});

test('erasing says what will happen, is logged first, and ends at a certificate that can be taken away', async (t) => {
  const { page, post, get, events, person } = await deskWithRecording();
  const ask = await page(`/recordings/${ID}/erase`);
  for (const part of [
    /class="door/,
    /2 key holders could open it until now/,
    /unreadable by Thu,? 8 Jan 2026/,
    /no TPM/,
  ])
    t.regex(ask, part);
  t.is((await post(`/recordings/${ID}/erase`, { ...request, reason: '' })).status, 422);
  t.is((await post(`/recordings/${ID}/erase`, { ...request, reason: 'tidiness' })).status, 422);
  t.is((await post(`/recordings/${ID}/erase`, { ...request, case: '' })).status, 422);
  t.regex(await page('/erasures'), /No certificate yet/);
  const done = await post(`/recordings/${ID}/erase`, request);
  t.is(done.headers.get('Location'), `/erasures/${ID}`);
  t.like(events.at(-1), { kind: 'purge', actor: person.id, facts: { recording: ID, reason: 'request' } });

  const shown = await page(`/erasures/${ID}`);
  for (const part of [
    /Erased Thu,? 1 Jan 2026/,
    /7 before, 8 after/,
    /was a file on this box/,
    /belkluis-verify/,
    /41, proven/,
  ])
    t.regex(shown, part);
  const file = await get(`/erasures/${ID}/certificate.json`);
  t.is(file.headers.get('Content-Type'), 'application/json');
  t.is(file.headers.get('Content-Disposition'), 'attachment; filename="belkluis-erased-01234567.json"');
  t.like(JSON.parse(await file.text()), { type: 'belkluis/deletion-certificate@1', index: 41 });
  t.regex(await page('/erasures'), new RegExp(`href="/erasures/${ID}"`));
  const gone = await page(`/recordings/${ID}`);
  t.regex(gone, /How it was erased/);
  t.regex(gone, /nobody can open it any more/);
  t.notRegex(gone, /recording-player|Only its custodians/);
  t.notRegex(gone, /0012 4471|Erase…|Restrict…/);
  t.is((await post(`/recordings/${ID}/erase`, request)).status, 410, 'erased once');
  t.is((await get(`/recordings/${ID}/restrict`)).status, 410);
});

test('what holds, restriction or law keep is not erased: 409, with the ground, and no button to press', async (t) => {
  for (const [prepare, says] of [
    ['hold', /It is held for K-1\. Two people lift the hold first/],
    ['restrict', /Lift the restriction first/],
    ['law', /Law demands that it stays until Thu,? 31 Dec 2026 \(MiFID II 16\(7\)\)/],
    ['running', /still being recorded/],
  ] as const) {
    const lock = { lockedUntil: Date.UTC(2026, 11, 31, 12), lockGround: 'MiFID II 16(7)' };
    const more = { law: lock, running: { end: null }, hold: {}, restrict: {} }[prepare];
    const { page, post, recordings, events } = await deskWithRecording(
      recordingRow({ id: ID, startedAt: NOW - DAY_MS, ...more }),
    );
    if (prepare === 'hold') {
      const hold = { case: 'K-1', reason: 'r', owner: 'o', review: '2026-02-01', recordings: ID };
      await post('/holds', hold);
    }
    if (prepare === 'restrict') await post(`/recordings/${ID}/restrict`, { ground: 'claims', reason: 'r' });
    const before = events.length;
    const ask = await page(`/recordings/${ID}/erase`);
    t.regex(ask, says);
    t.notRegex(ask, /class="danger"/);
    const refused = await post(`/recordings/${ID}/erase`, request);
    t.is(refused.status, 409, prepare);
    t.regex(await refused.text(), says);
    t.is(recordings[0]!.row.erasedAt, null);
    t.is(events.length, before);
  }
});

test('an erasure whose certificate is still to come says so, and offers no file', async (t) => {
  const { page, post, get, vault } = await deskWithRecording();
  vault.world.certain = false;
  await post(`/recordings/${ID}/erase`, request);
  t.regex(await page(`/erasures/${ID}`), /Erased, not yet certified/);
  t.is((await get(`/erasures/${ID}/certificate.json`)).status, 404);
});

test('without audit log nothing is restricted, released from it, or erased: 503, and nothing has changed', async (t) => {
  const { post, world, recordings, vault } = await deskWithRecording();
  const refuses = async (path: string, fields: Record<string, string>) => {
    world.auditWorks = false;
    const response = await post(`/recordings/${ID}/${path}`, fields);
    world.auditWorks = true;
    t.is(response.status, 503, path);
    t.regex(await response.text(), /audit log cannot be written/);
  };
  await refuses('erase', request);
  t.is(recordings[0]!.row.erasedAt, null);
  await refuses('restrict', { ground: 'claims', reason: 'r' });
  t.is(vault.restrictions.length, 0);
  await post(`/recordings/${ID}/restrict`, { ground: 'claims', reason: 'r' });
  await refuses('lift-restriction', { reason: 'r' });
  t.is(vault.restrictions.length, 1);
});

test('no certificate is told of a recording that is here, and no difference from one that never was', async (t) => {
  const { get } = await deskWithRecording();
  const answers = await Promise.all(
    [ID, 'f'.repeat(32), 'x'].map(async (id) => {
      const response = await get(`/erasures/${id}`);
      return [response.status, (await response.text()).replaceAll(id, '')];
    }),
  );
  t.is(answers[0]![0], 404);
  t.deepEqual(answers[0], answers[1]);
  t.deepEqual(answers[1]![0], answers[2]![0]);
});
