import { join } from 'node:path';

export default {
  extensions: ['ts'],
  files: ['{appliance,fleet,shared,scripts,test}/**/*.test.ts', 'test/{scenarios,browser,faults}/**/*.scenario.ts'],
  require: ['./test/own-folder.ts'],
  // Compiled once, types stripped once: for test processes and for the boxes that they start. One file per module, so it stays small.
  environmentVariables: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node') },
  workerThreads: false,
  concurrency: 2,
  // Without a word from any test. A busy machine may need minutes for what takes seconds.
  timeout: '240s',
};
