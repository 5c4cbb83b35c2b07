import { seededChance } from '@belkluis/shared/base/chance';
import type { Wraps } from '../keystore.ts';

/** Wraps that a seed and a number make: some 200 bytes, as two recipients have. */
export function drawWraps(seed: string, number: number): { id: string; wraps: Wraps; eraseAfter: boolean } {
  const chance = seededChance(`${seed}:${number}`);
  const id = chance.bytes(16).toString('hex');
  const pkesk = chance.bytes(188);
  return { id, wraps: { pkesk, recipients: ['a'.repeat(40), 'b'.repeat(40)] }, eraseAfter: chance.bytes(1)[0]! < 64 };
}
