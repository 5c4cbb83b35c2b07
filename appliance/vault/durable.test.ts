/** What the tests of faults (test/faults) do not show at a glance: what durable files do when there is no room, and what they leave. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { makeFolder, truncateDurably, unlinkDurably, writeFileDurably } from './durable.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'durable-'));

/** Runs `code` where no file may become longer than `bytes`: what lies below is written, the rest refused, as on a disk that becomes full. */
function limited(bytes: number, code: string): unknown {
  const from = JSON.stringify(join(import.meta.dirname, 'durable.ts'));
  const script = `import { createAppendOnly, writeFileDurably } from ${from};
    const codeOf = (action) => { try { action(); return null; } catch (error) { return error.code; } };
    console.log(JSON.stringify((() => { ${code} })()));`;
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  const { stdout, stderr, status } = spawnSync('prlimit', [`--fsize=${bytes}`, ...node], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

test('what has no room is cut off, and the file goes on when there is some', (t) => {
  const path = join(folder(), 'content');
  const said = limited(
    4000,
    `const file = createAppendOnly(${JSON.stringify(path)});
     file.append(Buffer.alloc(3000, 'a'));
     const code = codeOf(() => file.append(Buffer.alloc(2000, 'b')));
     const after = file.size;
     file.append(Buffer.alloc(900, 'c'));
     return { code, after };`,
  );
  t.deepEqual(said, { code: 'EFBIG', after: 3000 });
  t.is(readFileSync(path, 'latin1'), 'a'.repeat(3000) + 'c'.repeat(900));
});

test('a file that has no room leaves the old one, and nothing beside it', (t) => {
  const at = folder();
  const path = join(at, 'policy');
  writeFileDurably(path, 'old');
  const code = limited(1000, `return codeOf(() => writeFileDurably(${JSON.stringify(path)}, 'n'.repeat(2000)));`);
  t.is(code, 'EFBIG');
  t.is(readFileSync(path, 'utf8'), 'old');
  t.deepEqual(readdirSync(at), ['policy']);
});

test('what a writer left that died gives the next file neither its rights nor its bytes', (t) => {
  const path = join(folder(), 'secret');
  writeFileSync(`${path}.new`, 'a much longer text than the next one', { mode: 0o644 });
  writeFileDurably(path, 'short');
  t.is(readFileSync(path, 'utf8'), 'short');
  t.is(statSync(path).mode & 0o777, 0o600);
});

test('folders are made with their parents, for their owner alone; a file in their place is no folder', (t) => {
  const at = folder();
  makeFolder(join(at, 'a/b/c'));
  makeFolder(join(at, 'a/b/c'));
  t.is(statSync(join(at, 'a/b')).mode & 0o777, 0o700);
  writeFileSync(join(at, 'file'), '');
  t.throws(() => makeFolder(join(at, 'file')), { code: 'EEXIST' });
  t.throws(() => makeFolder(join(at, 'file/below')));
});

test('a file is cut to its size, never lengthened; one that is gone is gone', (t) => {
  const path = join(folder(), 'content');
  writeFileSync(path, 'whole and torn');
  t.is(truncateDurably(path, 5), 9);
  t.is(truncateDurably(path, 50), 0);
  t.is(readFileSync(path, 'utf8'), 'whole');
  t.true(unlinkDurably(path));
  t.false(unlinkDurably(path));
  t.false(existsSync(path));
});
