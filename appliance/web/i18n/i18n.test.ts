import test from 'ava';
import { en } from './en.ts';
import { dayAfter, dayBegins, formatsOf, lengthWords } from './formats.ts';
import { preferredLanguage } from './language.ts';
import { nl } from './nl.ts';

const zone = 'Europe/Amsterdam';
const at = (text: string) => Date.parse(text);

test('instants are told in the box’s zone, near days by word', (t) => {
  const f = formatsOf('en', zone);
  const now = at('2026-10-09T13:04:00Z');
  t.is(f.moment(at('2026-10-09T12:31:00Z'), now), 'Today 14:31');
  t.is(f.moment(at('2026-10-08T22:30:00Z'), now), 'Today 00:30');
  t.is(f.moment(at('2026-10-08T14:44:00Z'), now), 'Yesterday 16:44');
  t.is(f.moment(at('2026-09-21T08:15:00Z'), now), 'Mon 21 Sept 10:15');
  t.is(formatsOf('nl', zone).moment(at('2026-10-09T12:31:00Z'), now), 'Vandaag 14:31');
  t.is(f.inDays(at('2026-11-08T12:31:00Z'), now), 'in 30 days');
  t.is(formatsOf('nl', zone).inDays(at('2026-10-10T01:00:00Z'), now), 'morgen');
});

test('lengths are minutes, and hours when there are any', (t) => {
  t.deepEqual([0, 4_000, 252_000, 3_765_000].map(lengthWords), ['0:00', '0:04', '4:12', '1:02:45']);
});

test('a day begins at midnight of the box, also when the clock changes', (t) => {
  t.is(dayBegins('2026-10-09', zone), at('2026-10-08T22:00:00Z'));
  t.is(dayBegins('2026-02-30', zone), null);
  t.is(dayBegins('2026-10-25', zone), at('2026-10-24T22:00:00Z'));
  t.is(dayBegins('2026-10-26', zone), at('2026-10-25T23:00:00Z'));
  t.is(dayBegins('2026-03-29', zone), at('2026-03-28T23:00:00Z'));
  t.is(dayBegins('2026-03-30', zone), at('2026-03-29T22:00:00Z'));
  t.is(dayAfter('2026-12-31'), '2027-01-01');
  for (const wrong of ['', '2026-13-40', 'today', '2026-1-1']) t.is(dayBegins(wrong, zone), null, wrong);
});

test('the browser’s wish decides the language as it weighs it', (t) => {
  t.is(preferredLanguage('fr-FR,nl-BE;q=0.8,en;q=0.5'), 'nl');
  t.is(preferredLanguage('en;q=0.1,nl'), 'nl');
  t.is(preferredLanguage('nl;q=0,en'), 'en');
  t.is(preferredLanguage('toString,constructor'), 'en');
  t.is(preferredLanguage(undefined), 'en');
});

test('nothing at the desk calls sound anonymous: a voice says whose it is', (t) => {
  const texts: string[] = [];
  const read = (words: unknown): void => {
    if (typeof words === 'string' || typeof words === 'function') texts.push(String(words));
    else if (typeof words === 'object' && words !== null) for (const one of Object.values(words)) read(one);
  };
  read(en);
  read(nl);
  t.true(texts.length > 1000);
  t.deepEqual(
    texts.filter((text) => /anonym|anoniem/i.test(text)),
    [],
  );
});

test('the player’s placeholders are the same in every language', (t) => {
  const names = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const [key, text] of Object.entries(en.player))
    t.deepEqual(names(nl.player[key as keyof typeof nl.player]), names(text), key);
});
