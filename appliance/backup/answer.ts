/** The other side of a restore, off the box: who holds the escrow key says the key of one snapshot, and of nothing else. */
import { decryptSessionKeys, type PrivateKey, readMessage } from 'openpgp';
import { problem } from './problems.ts';
import { sessionKeyText } from './seal-stream.ts';

/** AES-256 keys are so long, bytes. */
const KEY_LENGTH = 32;

/** The answer to a restore request, as `gpg --show-session-key` would print it. @throws Problem `request_not_ours`. */
export async function answerRequest(request: Uint8Array, privateKey: PrivateKey): Promise<string> {
  try {
    const message = await readMessage({ binaryMessage: request });
    const keys = await decryptSessionKeys({ message, decryptionKeys: privateKey });
    const found = keys.find(({ data }) => data.length === KEY_LENGTH);
    if (found) return sessionKeyText(found.data);
  } catch (cause) {
    throw problem('request_not_ours', (cause as Error).message, cause);
  }
  throw problem('request_not_ours');
}
