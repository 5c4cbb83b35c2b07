/** For what a recording is opened and saved at the desk, and what its page says of who was told. */
import test from 'ava';
import { groups } from '../../scripts/cli/commands.ts';
import { en } from './i18n/en.ts';
import { nl } from './i18n/nl.ts';
import { ID, sealed, signedIn } from './testing/browser.ts';
import { recordingRow } from './testing/desk.ts';

const row = (more = {}) => sealed(recordingRow({ id: ID, startedAt: 1e12, ...more }));

test('it is opened for a use that it carries, and for no other', async (t) => {
  const { post, page, recordings, events } = await signedIn(['custodian']);
  recordings.push(row());
  const before = events.length;
  for (const why of ['quality', 'ai_training']) {
    const response = await post(`/recordings/${ID}/release`, { why }, { Accept: '*/*' });
    t.is(response.status, 403);
    t.like(await response.json(), { code: 'use_not_allowed' });
  }
  t.is(events.length, before);
  const asked = await page(`/recordings/${ID}`);
  t.regex(asked, /id="why-complaint"/);
  t.notRegex(asked, /id="why-(quality|ai_training)"/, 'nobody is offered what would be refused');
  t.is((await post(`/recordings/${ID}/release`, { why: 'evidence', case: 'K-1' })).status, 200);
  t.like(events.at(-1), { kind: 'release', facts: { use: 'evidence', reason: 'evidence K-1' } });
});

test('what a browser saves is written down first, with its use, and stands in the history', async (t) => {
  const { post, page, recordings, events, person, world } = await signedIn(['custodian']);
  recordings.push(row());
  t.is((await post(`/recordings/${ID}/export`, { why: 'complaint', case: 'K-2' })).status, 204);
  t.like(events.at(-1), {
    kind: 'export',
    actor: person.id,
    facts: { recording: ID, use: 'complaint', reason: 'complaint K-2' },
  });
  t.regex(await page(`/recordings/${ID}`), /You saved it, complaint K-2/);
  t.is((await post(`/recordings/${ID}/export`, { why: 'quality' })).status, 403);
  t.is((await post(`/recordings/${ID}/export`, {})).status, 400);
  world.auditWorks = false;
  t.is((await post(`/recordings/${ID}/export`, { why: 'complaint' })).status, 503);
});

test('of the level high nothing is saved but for those whom the law sends', async (t) => {
  const { post, recordings } = await signedIn(['custodian']);
  recordings.push(row({ level: 'high' }));
  const refused = await post(`/recordings/${ID}/export`, { why: 'complaint' }, { Accept: '*/*' });
  t.like(await refused.json(), { code: 'export_not_allowed' });
  t.is((await post(`/recordings/${ID}/release`, { why: 'complaint' })).status, 200, 'it is heard here');
  for (const why of ['supervision', 'data-subject'])
    t.is((await post(`/recordings/${ID}/export`, { why })).status, 204);
});

test('an old recording takes no new purpose: 409, with the reason', async (t) => {
  const { post, recordings, events } = await signedIn(['dpo']);
  recordings.push(row());
  const before = events.length;
  const response = await post(`/recordings/${ID}/purpose`, { purpose: 'training' }, { Accept: '*/*' });
  t.is(response.status, 409);
  t.like(await response.json(), { code: 'purpose_bound' });
  t.is(events.length, before);
});

test('who was told and asked is on its page, also when what was said has gone', async (t) => {
  const { page, recordings, consents } = await signedIn(['dpo']);
  recordings.push(row({ erasedAt: 2e12, caller: null, callee: null }));
  const told = {
    at: 1e12,
    act: 'told',
    mode: 'opt-out',
    side: 'caller',
    how: null,
    key: null,
    promptHash: 'ab'.repeat(32),
  } as const;
  consents.push(told, { ...told, act: 'withdrawn', how: 'event', key: '9' });
  const shown = await page(`/recordings/${ID}`);
  t.regex(shown, /The caller was told that it is recorded/);
  t.regex(shown, /The caller objected by key 9/);
  t.regex(shown, /Announcement abababababababab/);
});

test('nobody is told that sound could be anonymous: a voice names its owner', (t) => {
  const words = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    if (typeof value === 'function') return [String(value)];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(words) : [];
  };
  const cli = groups.flatMap(({ commands }) => commands.flatMap((command) => [command.name, ...words(command)]));
  for (const text of [...words(en), ...words(nl), ...cli]) t.notRegex(text, /anon[iy]m/i);
});
