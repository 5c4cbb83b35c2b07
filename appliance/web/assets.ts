/** The files that browsers fetch, read once at the start: our modules without their types, the stylesheet, OpenPGP.js as it is. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';

interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

export interface Assets {
  /** By path, `/assets/<hash>/<name>`. The content of a path never changes. */
  readonly files: ReadonlyMap<string, Asset>;
  /** Path of a file by its name, such as `web/style.css`. @throws RangeError for none of ours. */
  url(name: string): string;
  /** Import map: where the modules that others import by name are. */
  readonly importMap: string;
}

const SCRIPT = 'text/javascript; charset=utf-8';

/** Hex digits of a hash in a path: 64 bits, enough to tell versions apart. */
const HASH_LENGTH = 16;

const hashOf = (parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, HASH_LENGTH);
};

const isTest = (name: string): boolean => /\.test\.ts$/.test(name);

function modulesIn(folder: string): [name: string, body: Buffer][] {
  const names = globSync('**/*.ts', { cwd: folder }).filter((name) => !isTest(name));
  return names
    .sort()
    .map((name) => [
      name,
      Buffer.from(stripTypeScriptTypes(readFileSync(join(folder, name), 'utf8'), { mode: 'strip' })),
    ]);
}

export function loadAssets(): Assets {
  const shared = join(import.meta.dirname, '../../shared');
  const own: [string, Asset][] = [
    ...modulesIn(join(import.meta.dirname, 'browser')).map(([name, body]): [string, Asset] => [
      `browser/${name}`,
      { type: SCRIPT, body },
    ]),
    ...modulesIn(join(shared, 'release')).map(([name, body]): [string, Asset] => [
      `release/${name}`,
      { type: SCRIPT, body },
    ]),
    ['web/style.css', { type: 'text/css; charset=utf-8', body: readFileSync(join(shared, 'web/style.css')) }],
    ['web/mark.svg', { type: 'image/svg+xml', body: readFileSync(join(shared, 'web/mark.svg')) }],
  ];
  // One hash for all of ours: modules import each other by relative paths, which must stay within one version.
  const version = hashOf(own.flatMap(([name, { body }]) => [name, body]));
  const files = new Map(own.map(([name, asset]) => [`/assets/${version}/${name}`, asset]));

  const openpgp = readFileSync(join(dirname(createRequire(import.meta.url).resolve('openpgp')), '../openpgp.min.mjs'));
  const openpgpUrl = `/assets/${hashOf([openpgp])}/openpgp.min.mjs`;
  files.set(openpgpUrl, { type: SCRIPT, body: openpgp });

  const release = own.filter(([name]) => name.startsWith('release/'));
  const imports = {
    openpgp: openpgpUrl,
    ...Object.fromEntries(
      release.map(([name]) => [`@belkluis/shared/${name.replace(/\.ts$/, '')}`, `/assets/${version}/${name}`]),
    ),
  };
  return {
    files,
    url(name) {
      const path = name === 'openpgp' ? openpgpUrl : `/assets/${version}/${name}`;
      if (!files.has(path)) throw new RangeError(`no asset is named ${name}`);
      return path;
    },
    importMap: JSON.stringify({ imports }),
  };
}
