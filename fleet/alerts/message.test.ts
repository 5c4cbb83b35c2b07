import test from 'ava';
import { alertCodes } from './codes.ts';
import { bodyOf, type Message, mailOf, type Told } from './message.ts';
import { alertLanguages, wordsOf } from './words/of.ts';

const told = (more: Partial<Told> = {}): Told => ({
  ...{ alert: '01A', kind: 'opened', code: 'offline', level: 'bad' },
  ...{ since: Date.UTC(2026, 5, 1, 10), at: Date.UTC(2026, 5, 1, 10, 2), timeZone: 'Europe/Amsterdam' },
  customer: { id: 'c', name: 'Notaris Jansen' },
  site: { id: 's', name: 'Utrecht' },
  box: { id: 'b', name: 'Reception' },
  ...more,
});
const message = (alerts: readonly Told[], more: Partial<Message> = {}): Message => ({
  ...{ id: '01M', madeAt: Date.UTC(2026, 5, 1, 10, 3), msp: { id: 'm', name: 'Hulp BV' }, language: 'en', test: false },
  ...{ alerts, ...more },
});

test('a mail says what, where, since when by the clock there, and what to do', (t) => {
  const { subject, text } = mailOf(message([told(), told({ kind: 'cleared', code: 'disk_low', level: 'warn' })]));
  t.is(subject, 'Hulp BV: 1 new, 1 over');
  t.regex(
    text,
    /New: Box not heard \(urgent\) · 1\nThe box has no connection.*Notaris Jansen · Utrecht · Reception, since 1 Jun 2026, 12:00:00 CEST/s,
  );
  t.regex(text, /Over: Storage \(attention\) · 1/);
  t.true(text.indexOf('New:') < text.indexOf('Over:'));
});

test('of five thousand a mail counts all and names some', (t) => {
  const { subject, text } = mailOf(message(Array.from({ length: 5000 }, () => told())));
  t.is(subject, 'Hulp BV: 5000 new');
  t.is(text.match(/Reception/g)!.length, 100);
  t.regex(text, /and 4900 more/);
});

test('the body of a webhook is of this form', (t) => {
  t.deepEqual(JSON.parse(bodyOf(message([told()]))), {
    type: 'alerts.changed',
    timestamp: '2026-06-01T10:03:00.000Z',
    data: {
      msp: { id: 'm', name: 'Hulp BV' },
      alerts: [
        {
          ...{ id: '01A', change: 'opened', code: 'offline', level: 'bad', title: 'Box not heard' },
          ...{ since: '2026-06-01T10:00:00.000Z', at: '2026-06-01T10:02:00.000Z' },
          customer: { id: 'c', name: 'Notaris Jansen' },
          site: { id: 's', name: 'Utrecht' },
          box: { id: 'b', name: 'Reception' },
        },
      ],
    },
  });
  t.is(JSON.parse(bodyOf(message([], { test: true }))).type, 'alerts.test');
});

test('each code has words of its own in each language, and each says what to do', (t) => {
  for (const language of alertLanguages)
    for (const code of alertCodes) {
      const { title, says, advice } = wordsOf(language, code);
      for (const text of [title, says, advice]) t.true(text.length > 2 && !text.includes('—'), `${language} ${code}`);
      if (language !== 'en') t.not(says, wordsOf('en', code).says, `${language} ${code}`);
    }
});
