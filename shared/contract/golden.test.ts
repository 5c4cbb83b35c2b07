/** Messages as releases wrote them: each is read for ever, by box and fleet, whichever of the two is behind. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { CONTRACT_VERSION } from './limits.ts';
import { messages } from './messages.ts';

/** SHA-256 of all files of a version, in order of their names. A version that was released never changes; a new form gets new files. */
const kept: Readonly<Record<string, string>> = {
  1: '640a79d7c9e6fd082ef5e2e9c1620f3669b0fbb37175d37668bf5d68b5ac21e3',
};

const folder = join(import.meta.dirname, 'golden');
const versions = readdirSync(folder);
const filesOf = (version: string) =>
  readdirSync(join(folder, version)).map((file) => ({ file, bytes: readFileSync(join(folder, version, file)) }));

test('each version of the contract has its messages, and they are what they were', (t) => {
  t.deepEqual(
    versions.sort(),
    Array.from({ length: CONTRACT_VERSION }, (_, at) => String(at + 1)),
  );
  for (const version of versions) {
    const digest = createHash('sha256');
    for (const { file, bytes } of filesOf(version)) digest.update(`${file}\n`).update(bytes);
    t.is(digest.digest('hex'), kept[version]!);
  }
});

for (const version of versions) {
  for (const { file, bytes } of filesOf(version)) {
    test(`version ${version}: ${file} is read`, (t) => {
      const message = messages[file.slice(0, file.indexOf('.')) as keyof typeof messages];
      const read = message.parse(bytes);
      t.true(read.ok, JSON.stringify(read));
      if (read.ok && read.message.v === message.version) t.deepEqual(message.format(read.message as never), bytes);
    });
  }
}

test('each kind of message has one in the version that brought its form', (t) => {
  for (const { name, version, former } of Object.values(messages)) {
    for (const since of [version, ...former.map((form) => form.since)]) {
      t.true(
        filesOf(String(since)).some(({ file }) => file.split('.')[0] === name),
        `${name} of version ${since}`,
      );
    }
  }
});
