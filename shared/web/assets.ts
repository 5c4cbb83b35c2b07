/** The files that browsers fetch, read once at the start: our modules without their types, the stylesheet, the mark. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

export interface Asset {
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

export const SCRIPT = 'text/javascript; charset=utf-8';

/** Hex digits of a hash in a path: 64 bits, enough to tell versions apart. */
const HASH_LENGTH = 16;

const hashOf = (parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, HASH_LENGTH);
};

const isTest = (name: string): boolean => /\.test\.ts$/.test(name);

function modulesIn(prefix: string, folder: string): [name: string, asset: Asset][] {
  const names = globSync('**/*.ts', { cwd: folder }).filter((name) => !isTest(name));
  return names.sort().map((name) => {
    const code = stripTypeScriptTypes(readFileSync(join(folder, name), 'utf8'), { mode: 'strip' });
    return [`${prefix}/${name}`, { type: SCRIPT, body: Buffer.from(code) }];
  });
}

export interface AssetSources {
  /** Folder with the modules of the pages: `browser/…`. */
  readonly browser: string;
  /** Folders of `shared/` whose modules they import by name. */
  readonly shared: readonly string[];
  /** Modules of others, served as they are: by the name they are imported by, their file and what it is called. */
  readonly others: Readonly<Record<string, { readonly file: string; readonly body: Buffer }>>;
}

export function assetsOf({ browser, shared, others }: AssetSources): Assets {
  const named = shared.flatMap((room) => modulesIn(room, join(import.meta.dirname, '..', room)));
  const here = (name: string): Buffer => readFileSync(join(import.meta.dirname, name));
  const own: [string, Asset][] = [
    ...modulesIn('browser', browser),
    ...named,
    ['web/style.css', { type: 'text/css; charset=utf-8', body: here('style.css') }],
    ['web/mark.svg', { type: 'image/svg+xml', body: here('mark.svg') }],
  ];
  // One hash for all of ours: modules import each other by relative paths, which must stay within one version.
  const version = hashOf(own.flatMap(([name, { body }]) => [name, body]));
  const files = new Map(own.map(([name, asset]) => [`/assets/${version}/${name}`, asset]));
  const urls = new Map(own.map(([name]) => [name, `/assets/${version}/${name}`]));
  const imports: Record<string, string> = {};
  for (const [name, { file, body }] of Object.entries(others)) {
    const url = `/assets/${hashOf([body])}/${file}`;
    files.set(url, { type: SCRIPT, body });
    urls.set(name, url);
    imports[name] = url;
  }
  for (const [name] of named) imports[`@belkluis/shared/${name.replace(/\.ts$/, '')}`] = urls.get(name)!;
  return {
    files,
    url(name) {
      const path = urls.get(name);
      if (path === undefined) throw new RangeError(`no asset is named ${name}`);
      return path;
    },
    importMap: JSON.stringify({ imports }),
  };
}
