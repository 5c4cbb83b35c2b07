/** Tokens of programs: who has one may do what it says until it ends, and nobody else anything. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import Database from 'better-sqlite3';
import { openAccess } from './access.ts';
import type { AccessEvent } from './events.ts';
import { MAX_TOKEN_DAYS, MAX_TOKEN_EXTENSIONS, MAX_TOKENS, TOKEN_BURST, TOKEN_SECRET_LENGTH } from './limits.ts';
import type { Person } from './people.ts';
import type { TokenWanted } from './tokens.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 26, 22);
const ADDRESS = '192.0.2.7';
const admin: Person = { id: 'a'.repeat(32), name: 'Anna', roles: ['admin'] };
const dpo: Person = { id: 'd'.repeat(32), name: 'Dirk', roles: ['dpo'] };

function scene() {
  const folder = mkdtempSync(join(tmpdir(), 'tokens-'));
  const clock = new ManualClock(NOW);
  const events: AccessEvent[] = [];
  const world = { auditWorks: true };
  const access = openAccess({
    path: join(folder, 'access.db'),
    clock,
    chance: seededChance('tokens'),
    append(event) {
      if (!world.auditWorks) throw new Error('the audit log cannot be written');
      events.push(event);
    },
  });
  const wanted: TokenWanted = {
    name: 'CRM',
    extensions: ['214', '215'],
    wishes: ['resume', 'pause'],
    expiresAt: NOW + 30 * DAY_MS,
  };
  const add = (more: Partial<TokenWanted> = {}, by: Person | null = admin, prove?: () => void) =>
    access.tokens.add({ ...wanted, ...more }, by, prove);
  return { folder, clock, events, world, access, tokens: access.tokens, add };
}

test('a token is told once, and does what it says until it is revoked', (t) => {
  const { tokens, add, events } = scene();
  const { token, text } = add({ extensions: ['215', '214', '215'] });
  t.true(Buffer.from(text.split('_').slice(2).join('_'), 'base64url').length >= TOKEN_SECRET_LENGTH);
  t.like(tokens.find(text), { name: 'CRM', extensions: ['214', '215'], wishes: ['pause', 'resume'] });
  t.false(JSON.stringify([tokens.list(), events]).includes(text.slice(-43)));
  tokens.revoke(token.id, dpo.id);
  t.is(tokens.find(text), null);
  t.deepEqual(tokens.list(), []);
  t.throws(() => tokens.revoke(token.id, dpo.id), { code: 'token_unknown' });
  t.throws(() => tokens.revokeNamed('crm', dpo.id), { code: 'token_unknown' });
  const { text: again } = add();
  tokens.revokeNamed(' crm', 'cli');
  t.is(tokens.find(again), null);
  t.like(events, [
    { kind: 'token_added', actor: admin.id, facts: { token: token.id, name: 'CRM', extensions: ['214', '215'] } },
    { kind: 'token_revoked', actor: dpo.id, facts: { token: token.id, name: 'CRM' } },
    { kind: 'token_added' },
    { kind: 'token_revoked', actor: 'cli' },
  ]);
});

test('nothing but the whole token counts', (t) => {
  const { tokens, add } = scene();
  const { text } = add();
  const { text: other } = add({ name: 'Other' });
  const [, id] = text.split('_');
  const swapped = `belkluis_${id}_${other.slice(-43)}`;
  const last = text.at(-1) === 'A' ? 'B' : 'A';
  for (const wrong of [
    '',
    text.slice(0, -1),
    `${text}A`,
    `${text.slice(0, -1)}${last}`,
    text.toUpperCase(),
    ` ${text}`,
    text.slice(9),
    swapped,
    `belkluis_${'0'.repeat(16)}_${text.slice(-43)}`,
    'x'.repeat(100_000),
  ])
    t.is(tokens.find(wrong), null, wrong.slice(0, 80));
  t.truthy(tokens.find(text));
});

test('it ends at its end, also for a clock that was set back, and then its row leaves', (t) => {
  const { tokens, access, add, clock, folder } = scene();
  const { text } = add();
  clock.setWall(NOW - 3_600_000);
  t.is(tokens.find(text), null);
  clock.setWall(NOW + 30 * DAY_MS - 1);
  t.truthy(tokens.find(text));
  clock.setWall(NOW + 30 * DAY_MS);
  t.is(tokens.find(text), null);
  t.deepEqual(tokens.list(), []);
  access.forgetExpired();
  access.close();
  const database = new Database(join(folder, 'access.db'), { readonly: true });
  t.is(database.prepare('SELECT count(*) FROM tokens').pluck().get(), 0);
});

test('the database that a thief reads has no token, and nothing of one that was revoked', (t) => {
  const { tokens, access, add, folder } = scene();
  const { text } = add();
  const { token, text: gone } = add({ name: 'Softphone of the night shift' });
  tokens.revoke(token.id, admin.id);
  access.forgetExpired();
  access.close();
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name));
    for (const secret of [text.slice(-43), gone.slice(-43), 'Softphone of the night shift'])
      t.false(bytes.includes(secret) || bytes.includes(Buffer.from(secret, 'base64url')), `${name} ${secret}`);
  }
});

test('what it was used for is known by the day alone', (t) => {
  const { tokens, add, clock } = scene();
  const { text } = add();
  t.is(tokens.list()[0]!.usedAt, null);
  tokens.find(text);
  const day = tokens.list()[0]!.usedAt!;
  t.is(new Date(day).toISOString(), '2026-11-26T12:00:00.000Z');
  clock.advance(3_600_000);
  tokens.find(text);
  t.is(tokens.list()[0]!.usedAt, day);
  clock.advance(2 * 3_600_000);
  tokens.find(text);
  t.is(tokens.list()[0]!.usedAt, day + DAY_MS);
});

test('a token without bounds is not made', (t) => {
  const { tokens, add } = scene();
  const refused = (code: string, more: Partial<TokenWanted>, by?: Person | null) =>
    t.throws(() => add(more, by), { code }, JSON.stringify(more).slice(0, 80));
  for (const extensions of [[], ['214', ''], ['a b'], ['*'], ['214/../215'], ['x'.repeat(65)]])
    refused('token_extensions', { extensions });
  const many = Array.from({ length: MAX_TOKEN_EXTENSIONS + 1 }, (_, n) => `${n}`);
  refused('token_extensions', { extensions: many });
  refused('token_wishes', { wishes: [] });
  refused('token_wishes', { wishes: ['pause', 'listen'] });
  const latest = NOW + MAX_TOKEN_DAYS * DAY_MS;
  for (const expiresAt of [NOW, NOW - 1, latest + 1, Number.NaN, Number.POSITIVE_INFINITY])
    refused('token_end', { expiresAt });
  refused('name_invalid', { name: 'x' });
  refused('name_invalid', { name: 'a\u0000b' });
  t.deepEqual(tokens.list(), []);
  add({ expiresAt: latest, extensions: null });
  refused('token_name_taken', { name: ' ＣＲＭ ' });
  for (let n = 1; n < MAX_TOKENS; n++) add({ name: `CRM ${n}` });
  refused('tokens_full', { name: 'One more' });
});

test('nobody lets a program begin or erase what they may not themselves', (t) => {
  const { tokens, add } = scene();
  for (const wish of ['record', 'object'])
    for (const by of [admin, null]) t.throws(() => add({ wishes: ['pause', wish] }, by), { code: 'token_right' });
  t.deepEqual(tokens.list(), []);
  t.deepEqual(add({ wishes: ['object', 'record'] }, dpo).token.wishes, ['record', 'object']);
});

test('without a last proof, or without audit log, none is made and none is revoked; the proof is asked for last', (t) => {
  const { tokens, add, world, events } = scene();
  const asked: number[] = [];
  t.throws(() => add({ wishes: [] }, admin, () => asked.push(1)));
  t.deepEqual(asked, []);
  t.throws(() =>
    add({}, admin, () => {
      throw new Error('code');
    }),
  );
  t.deepEqual([tokens.list(), events], [[], []]);
  const { token, text } = add();
  world.auditWorks = false;
  t.throws(() => add({ name: 'Other' }));
  t.throws(() => tokens.revoke(token.id, admin.id));
  t.is(tokens.list().length, 1);
  t.truthy(tokens.find(text));
});

test('who guesses waits, and holds up no program with a token that counts, nor who signs in', async (t) => {
  const { access, add, clock } = scene();
  const { text } = add();
  const tries = Array.from({ length: 8 }, () => access.identify('belkluis_guess', ADDRESS).is);
  t.deepEqual(tries, [...Array(5).fill('refused'), ...Array(3).fill('throttled')]);
  t.is(access.identify(null, ADDRESS).is, 'throttled');
  t.is(access.identify(text, ADDRESS).is, 'token');
  t.is(access.identify('belkluis_guess', '192.0.2.8').is, 'refused');
  await t.throwsAsync(access.enterPassword('nobody', 'four words in a row', ADDRESS), { code: 'login_refused' });
  clock.advance(3_600_001);
  t.is(access.identify('belkluis_guess', ADDRESS).is, 'refused');
});

test('one token makes so many requests at once, and holds up no other', (t) => {
  const { access, add, clock } = scene();
  const [{ text }, { text: other }] = [add(), add({ name: 'Other' })];
  for (let n = 0; n < TOKEN_BURST; n++) t.is(access.identify(text, ADDRESS).is, 'token');
  const late = access.identify(text, ADDRESS);
  t.true(late.is === 'throttled' && late.waitMs > 0 && late.waitMs <= 1000);
  t.is(access.identify(other, ADDRESS).is, 'token');
  clock.advance(1000);
  t.is(access.identify(text, ADDRESS).is, 'token');
});
