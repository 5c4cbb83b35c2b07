import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { HIDDEN, hideSecrets, revealSecrets } from './secrets.ts';
import { checkLines, loadLines, parseLines, saveLines } from './store.ts';

const place = () => join(mkdtempSync(join(tmpdir(), 'lines-')), 'lines', 'lines.json');
const withPassword = (password: string) =>
  checkLines({
    schemaVersion: 1,
    trunks: [{ id: 'carrier', host: 'sip.example.net', account: { user: 'u', password } }],
  });

test('what is saved is read again, by the owner alone; a box that was told nothing has no lines', (t) => {
  const path = place();
  t.deepEqual(loadLines(path).trunks, []);
  saveLines(path, withPassword('secret'), () => {});
  t.is(loadLines(path).trunks[0]?.account?.password, 'secret');
  t.is(statSync(path).mode & 0o777, 0o600);
});

test('what the log does not take is not saved', (t) => {
  const path = place();
  saveLines(path, withPassword('before'), () => {});
  t.throws(() =>
    saveLines(path, withPassword('after'), () => {
      throw new Error('no log');
    }),
  );
  t.is(loadLines(path).trunks[0]?.account?.password, 'before');
});

test('a shown document has no password, and applied again it loses none', (t) => {
  const kept = withPassword('secret');
  const shown = hideSecrets(kept);
  t.notRegex(JSON.stringify(shown), /secret/);
  t.is(shown.trunks[0]?.account?.password, HIDDEN);
  t.deepEqual(revealSecrets(parseLines(JSON.stringify(shown)), kept), kept);
  const other = { ...shown, trunks: [{ ...shown.trunks[0]!, id: 'another' }] };
  t.throws(() => revealSecrets(other, kept), { code: 'secret_missing' });

  const account = { user: 'sbc', password: 'copied-calls-secret' };
  const source = { id: 'sbc', addresses: ['192.0.2.1'], account };
  const copies = checkLines({ schemaVersion: 1, siprec: { sources: [source] } });
  const written = JSON.stringify(hideSecrets(copies));
  t.notRegex(written, /copied-calls-secret/);
  t.deepEqual(revealSecrets(parseLines(written), copies), copies);
});

test('a file that is no JSON is refused without a word of what is in it', (t) => {
  const path = place();
  saveLines(path, withPassword('x'), () => {});
  writeFileSync(path, '{"trunks": hunter2');
  const error = t.throws(() => loadLines(path), { code: 'lines_unreadable' });
  t.notRegex(String(error!.stack) + String(error!.cause), /hunter2/);
  t.regex(readFileSync(path, 'utf8'), /hunter2/);
});
