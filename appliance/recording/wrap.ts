/** Wraps: one session key, encrypted to every valid recipient (PKESK packets, RFC 9580 5.1). */
import { encryptSessionKey } from 'openpgp';
import { SESSION_ALGORITHM, type ValidRecipient } from './recipients.ts';

/** The PKESK packets, laid end to end. */
export async function wrapSessionKey(
  sessionKey: Uint8Array,
  recipients: readonly ValidRecipient[],
  at: Date,
): Promise<Buffer> {
  const packets = await encryptSessionKey({
    data: sessionKey,
    algorithm: SESSION_ALGORITHM,
    encryptionKeys: recipients.map(({ key }) => key),
    date: at,
    format: 'binary',
  });
  return Buffer.from(packets as Uint8Array);
}
