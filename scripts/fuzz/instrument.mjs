/**
 * Module hooks of a fuzzing thread, for `--import`: TypeScript becomes the JavaScript that Node would run, and jazzer.js counts in it which
 * branches are taken and tells what is compared. Its own engine is not used (docs/decisions/0055), so its hook is registered from here.
 */
import { createRequire, register, stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (loaded.format !== 'module-typescript') return loaded;
  return { ...loaded, format: 'module', source: stripTypeScriptTypes(String(loaded.source)) };
}

// Once in the thread that fuzzes; this file is also loaded where hooks run.
if (!isMainThread && parentPort && workerData?.fuzz) {
  const folder = dirname(createRequire(import.meta.url).resolve('@jazzer.js/instrumentor/package.json'));
  register(import.meta.url);
  // Registered last, it is asked first, and sees what the one above makes of TypeScript.
  const { instrumented: includes } = workerData.fuzz;
  const data = { includes, excludes: ['node_modules'], coverage: false, seed: workerData.fuzz.seed };
  register(pathToFileURL(join(folder, 'dist/esm-loader.mjs')), { data });
}
