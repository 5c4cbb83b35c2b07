/** Opens a recording of a test call with the test's own key, as a custodian's browser does: wraps, segments, blocks. */
import type { ReadContent } from '@belkluis/shared/release/content-file';
import { type Block, readSegment } from '@belkluis/shared/release/matroska';
import { decrypt, decryptSessionKeys, type PrivateKey, readMessage } from 'openpgp';
import { SESSION_ALGORITHM } from '../recording/recipients.ts';

/** All blocks of both sides, in their order. @throws when anything on the way does not fit. */
export async function openBlocks(
  recording: string,
  pkesk: Uint8Array,
  content: ReadContent,
  privateKey: PrivateKey,
): Promise<readonly Block[]> {
  const [unwrapped] = await decryptSessionKeys({
    message: await readMessage({ binaryMessage: new Uint8Array(pkesk) }),
    decryptionKeys: privateKey,
  });
  if (!unwrapped) throw new Error('the key opens nothing');
  const sessionKey = { data: unwrapped.data, algorithm: SESSION_ALGORITHM } as const;
  const blocks: Block[] = [];
  for (const { number, part, sealed } of content.segments) {
    const message = await readMessage({ binaryMessage: new Uint8Array(sealed) });
    const { data } = await decrypt({ message, sessionKeys: sessionKey, format: 'binary' });
    const { facts, blocks: more } = readSegment(data as Uint8Array);
    if (facts?.recording !== recording || facts.number !== number || facts.part !== part) {
      throw new Error(`segment ${number} is not what was sealed in its place`);
    }
    blocks.push(...more);
  }
  return blocks;
}
