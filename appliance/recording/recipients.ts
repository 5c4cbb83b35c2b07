/** Whom a recording can be sealed to now: certificates that are valid today. Others are named, never used. */
import { type enums, type PublicKey, readKey } from 'openpgp';
import { MIN_RSA_BITS } from './limits.ts';

/** A recipient as the signed list names it. */
export interface ListedRecipient {
  readonly role: 'custodian' | 'escrow';
  readonly name: string;
  readonly fingerprint: string;
  readonly certificate: string;
}

export type RecipientFault = 'unreadable' | 'other_key' | 'expired' | 'revoked' | 'weak' | 'no_encryption_key';

export interface ValidRecipient extends ListedRecipient {
  readonly key: PublicKey;
  /** When the certificate or its encryption subkey expires, ms; null: never. */
  readonly expiresAt: number | null;
}

export interface CheckedRecipients {
  readonly valid: readonly ValidRecipient[];
  readonly faulty: readonly { readonly recipient: ListedRecipient; readonly fault: RecipientFault }[];
}

async function check(recipient: ListedRecipient, at: Date): Promise<ValidRecipient | RecipientFault> {
  let key: PublicKey;
  try {
    key = await readKey({ armoredKey: recipient.certificate });
  } catch {
    return 'unreadable';
  }
  if (key.getFingerprint() !== recipient.fingerprint) return 'other_key';
  if (await key.isRevoked(undefined, undefined, at)) return 'revoked';
  const expiry = await key.getExpirationTime();
  if (expiry instanceof Date && expiry <= at) return 'expired';
  try {
    const subkey = await key.getEncryptionKey(undefined, at);
    const { algorithm, bits } = subkey.getAlgorithmInfo();
    if (algorithm.startsWith('rsa') && (bits ?? 0) < MIN_RSA_BITS) return 'weak';
    const ends = expiry instanceof Date ? expiry.getTime() : null;
    return { ...recipient, key, expiresAt: ends };
  } catch (error) {
    const { message } = error as Error;
    if (/expired/i.test(message)) return 'expired';
    if (/revoked/i.test(message)) return 'revoked';
    return /bits|strength|weak/i.test(message) ? 'weak' : 'no_encryption_key';
  }
}

/** Sorts a list of recipients into those that may be used at `at` and those that may not, with the reason. */
export async function checkRecipients(list: readonly ListedRecipient[], at: Date): Promise<CheckedRecipients> {
  const valid: ValidRecipient[] = [];
  const faulty: { recipient: ListedRecipient; fault: RecipientFault }[] = [];
  for (const recipient of list) {
    const result = await check(recipient, at);
    if (typeof result === 'string') faulty.push({ recipient, fault: result });
    else valid.push(result);
  }
  return { valid, faulty };
}

/** Session keys are for AES-256 whatever the certificates prefer. */
export const SESSION_ALGORITHM = 'aes256' satisfies keyof typeof enums.symmetric;
