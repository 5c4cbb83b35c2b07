/** The architecture as a test: which room may import which. A room may always import itself. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { mayImport } from './rooms.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Packages that more than one room may use freely: Node's own, and the schema library. */
const everywhere = ['zod'];

/** Static, side-effect, re-export and dynamic imports of a module, as written. */
function importsOf(source: string): string[] {
  const found: string[] = [];
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '');
  for (const match of code.matchAll(/^\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]/gm)) found.push(match[1]!);
  for (const match of code.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)) found.push(match[1]!);
  for (const match of code.matchAll(/\bimport\s*\(\s*(?:['"`]([^'"`]+)['"`])?/g)) found.push(match[1] ?? '(computed)');
  for (const match of code.matchAll(/\bnew\s+(?:URL|Worker)\(\s*['"](\.[^'"]+\.ts)['"]/g)) found.push(match[1]!);
  return found;
}

const roomOf = (path: string): string | undefined =>
  Object.keys(mayImport)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];

/** `shared/base/clock` or `appliance/sip/stack.ts` for our own code, the package's name for others', null for Node's own. */
function resolveImport(file: string, specifier: string): string | null {
  if (specifier.startsWith('node:')) return null;
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier);
  const own = specifier.match(/^@belkluis\/(shared|appliance|fleet)\/(.+)$/);
  if (own) return `${own[1]}/${own[2]}.ts`;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}

const isTest = (path: string) => /\.(test|scenario)\.ts$|(^|\/)testing\//.test(path);
const files = globSync('{appliance,fleet,shared}/**/*.ts', {
  cwd: root,
  exclude: (path) => path.includes('node_modules'),
}).sort();
const product = files.filter((path) => !isTest(path));

for (const file of product) {
  test(`${file} imports only what its room may`, (t) => {
    const room = roomOf(file);
    if (room === undefined) return t.fail('This folder is not in the table: decide what it may import, then add it.');
    const allowed = mayImport[room]!;
    for (const specifier of importsOf(readFileSync(resolve(root, file), 'utf8'))) {
      const target = resolveImport(file, specifier);
      if (target === null || allowed.includes('*') || everywhere.includes(target)) continue;
      const inside = (owner: string) => target === owner || target.startsWith(`${owner}/`);
      const self = inside(room);
      t.true(self || allowed.some(inside), `${file} imports ${specifier}, which ${room} may not`);
    }
    return t.pass();
  });
}

test('the table names no room that has gone', (t) => {
  for (const room of Object.keys(mayImport)) {
    const exists = product.some((path) => path === room || path.startsWith(`${room}/`));
    t.true(exists, `${room} is in the table but has no file`);
  }
});

test('no source file is longer than 500 lines', (t) => {
  for (const path of files) {
    const lines = readFileSync(resolve(root, path), 'utf8').split('\n').length;
    t.true(lines <= 500, `${path} has ${lines} lines: it holds more than one idea`);
  }
});

test('only the durable writers touch files for writing', (t) => {
  const writers =
    /\b(writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|writeSync|ftruncateSync|truncateSync)\b/;
  // The SFTP client writes on a server, not here.
  const sftp = 'appliance/backup/destinations/sftp.ts';
  const allowed = ['appliance/vault/durable.ts', 'appliance/identity/', 'appliance/policy/', sftp];
  for (const path of product.filter((path) => path.startsWith('appliance/'))) {
    if (allowed.some((prefix) => path.startsWith(prefix))) continue;
    t.notRegex(readFileSync(resolve(root, path), 'utf8'), writers, `${path} writes files itself: use vault/durable.ts`);
  }
});

test('only vault/purge.ts erases recordings', (t) => {
  for (const path of product.filter((path) => path.startsWith('appliance/'))) {
    // The control socket of a process that died is no recording, and a file on a backup server is a copy.
    const others = ['appliance/control/server.ts', 'appliance/backup/destinations/sftp.ts'];
    if (['appliance/vault/purge.ts', 'appliance/vault/durable.ts', ...others].includes(path)) continue;
    const source = readFileSync(resolve(root, path), 'utf8');
    t.notRegex(
      source,
      /\b(unlink|unlinkSync|rmSync|rm)\(/,
      `${path} removes files: erasure goes through vault/purge.ts`,
    );
  }
});

test('html is escaped: only shared/web calls raw()', (t) => {
  for (const path of product.filter((path) => !path.startsWith('shared/web/'))) {
    t.notRegex(readFileSync(resolve(root, path), 'utf8'), /(?<!\b(sql|CompiledQuery)\.)\braw\(/, `${path} calls raw()`);
  }
});

test('SQL is never put together from text: only fleet/db runs text, its own', (t) => {
  for (const path of product.filter((path) => path.startsWith('fleet/') && !path.startsWith('fleet/db/'))) {
    t.notRegex(
      readFileSync(resolve(root, path), 'utf8'),
      /\b(sql|CompiledQuery)\.(raw|lit)\(/,
      `${path} runs text as SQL`,
    );
  }
  t.pass();
});
