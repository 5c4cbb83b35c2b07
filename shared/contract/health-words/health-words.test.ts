/** The words of health in every language: complete by type, and by these rules what a reader can use. */
import test from 'ava';
import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { nl } from './nl.ts';

const languages = { en, nl, de, fr };

/** What is typed or looked for is the same in every language. */
const commandsIn = (text: string): readonly string[] => [...text.matchAll(/`[^`]+`/g)].map(([typed]) => typed).sort();

for (const [language, words] of Object.entries(languages)) {
  test(`${language}: whole sentences, and the same commands as in English`, (t) => {
    for (const [code, { says, advice }] of Object.entries(words.codes)) {
      const english = en.codes[code as keyof typeof en.codes];
      t.regex(says, /^.{10,}[.?]$/, code);
      t.regex(advice, /^.{10,}[.?]$/, code);
      t.deepEqual(commandsIn(says), commandsIn(english.says), code);
      t.deepEqual(commandsIn(advice), commandsIn(english.advice), code);
      t.notRegex(says + advice, /[\u2013\u2014]| {2}|!/, code);
    }
  });

  test(`${language}: checks are told apart by their names, and so are gauges`, (t) => {
    for (const names of [Object.values(words.checks), Object.values(words.gauges)])
      t.is(new Set(names).size, names.length);
  });
}

test('no sentence was left in another language', (t) => {
  for (const words of [nl, de, fr])
    for (const [code, { says, advice }] of Object.entries(words.codes)) {
      const english = en.codes[code as keyof typeof en.codes];
      t.not(says, english.says, code);
      t.not(advice, english.advice, code);
    }
});

/** All that is read, without what is typed. */
const sentences = ({ checks, codes, gauges }: typeof en): readonly string[] =>
  [
    ...Object.values(checks),
    ...Object.values(codes).flatMap(({ says, advice }) => [says, advice]),
    ...Object.values(gauges),
  ].map((text) => text.replaceAll(/`[^`]+`/g, ''));

test('the words of the house', (t) => {
  const all = { de: sentences(de).join('\n'), fr: sentences(fr).join('\n') };
  for (const word of ['Aufzeichnung', 'Schlüsselverwahrer', 'versiegelt', 'Zeuge', 'Zweck'])
    t.true(all.de.includes(word));
  for (const word of ['enregistrement', 'dépositaire', 'scellé', 'témoin', 'finalité']) t.true(all.fr.includes(word));
  t.deepEqual(all.de.match(/Aufnahmen?\b|Mitschnitt|Custodian|Fleet|abspiel/g), null);
  t.deepEqual(all.fr.match(/\b(fleet|custodian|lecture|jouer)\b/g), null);
});

test('French sets a space before colon, semicolon and question mark', (t) => {
  t.deepEqual(
    sentences(fr).filter((text) => /[\p{L}][:;?]/u.test(text)),
    [],
  );
});
