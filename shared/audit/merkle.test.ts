import { createHash } from 'node:crypto';
import test from 'ava';
import {
  consistencyProof,
  EMPTY_ROOT,
  growingTree,
  type Hash,
  inclusionProof,
  rootOf,
  subtreesOf,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';

const leafHash = (text: Buffer): Hash => createHash('sha256').update(Uint8Array.of(0)).update(text).digest();
// The eight entries of the reference test of certificate transparency, of growing length.
const entries = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const known = entries.map((entry) => leafHash(Buffer.from(entry, 'hex')));
const many = Array.from({ length: 130 }, (_, index) => leafHash(Buffer.from(`entry ${index}`)));
const subtrees = (leaves: Hash[]) => subtreesOf((index) => leaves[index]!);
const root = (leaves: Hash[], size: number) => rootOf(subtrees(leaves), 0, size);

test('roots are those of RFC 6962 implementations', (t) => {
  t.is(EMPTY_ROOT.toString('hex'), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  t.is(root(known, 1).toString('hex'), '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  t.is(root(known, 8).toString('hex'), '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
});

test('appending one by one gives the root of the whole, and names every inner node once', (t) => {
  const nodes = new Map<string, Hash>();
  const tree = growingTree([], (level, index, hash) => {
    t.false(nodes.has(`${level}/${index}`));
    nodes.set(`${level}/${index}`, hash);
  });
  for (let size = 0; size <= many.length; size++) {
    t.is(tree.size, size);
    t.true(tree.root().equals(root(many, size)), `size ${size}`);
    t.true(growingTree(tree.frontier()).root().equals(tree.root()));
    if (size < many.length) tree.add(many[size]!);
  }
  for (let level = 1; 2 ** level <= many.length; level++) {
    for (let index = 0; (index + 1) * 2 ** level <= many.length; index++) {
      t.deepEqual(nodes.get(`${level}/${index}`), subtrees(many)(level, index));
      nodes.delete(`${level}/${index}`);
    }
  }
  t.is(nodes.size, 0);
});

test('each leaf can be proved, and no other leaf with its proof', (t) => {
  for (const size of [1, 2, 3, 7, 8, 64, 65, 130]) {
    for (let index = 0; index < size; index++) {
      const proof = inclusionProof(subtrees(many), index, size);
      t.true(verifyInclusion(many[index]!, index, size, proof, root(many, size)));
      t.false(verifyInclusion(many[(index + 1) % many.length]!, index, size, proof, root(many, size)));
      if (size > 1) t.false(verifyInclusion(many[index]!, index, size, proof.slice(1), root(many, size)));
    }
  }
});

test('growth can be proved, and a changed past cannot', (t) => {
  for (const second of [1, 2, 5, 8, 33, 64, 100]) {
    for (let first = 0; first <= second; first++) {
      const proof = consistencyProof(subtrees(many), first, second);
      t.true(verifyConsistency(first, root(many, first), second, root(many, second), proof), `${first} in ${second}`);
      if (first === 0) continue;
      const forged = many.with(first - 1, known[0]!);
      t.false(verifyConsistency(first, root(many, first), second, root(forged, second), proof));
      t.false(verifyConsistency(first, root(forged, first), second, root(many, second), proof));
      const forgedProof = consistencyProof(subtrees(forged), first, second);
      t.false(verifyConsistency(first, root(many, first), second, root(forged, second), forgedProof));
    }
  }
});
