/** Signatures of webhooks (Standard Webhooks 1.0.0, symmetric: `v1`). A receiver refuses what is signed otherwise or dated long ago. */
import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

export const secretText = (bytes: Uint8Array): string => `${PREFIX}${Buffer.from(bytes).toString('base64')}`;

/** Headers of a webhook that is sent at `now` (ms). With two secrets, while one follows the other, there are two signatures. */
export function signedHeaders(
  id: string,
  now: number,
  body: string,
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = `${Math.floor(now / 1000)}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
