/** A policy in a file, to look at: a draft, or signed. It is not applied, so its signature is not asked for. */
import { type Recipients, recipientsSchema } from '@belkluis/shared/policy/recipients';
import { type Policy, policySchema } from '@belkluis/shared/policy/schema';
import { problem, readText } from './command.ts';

/** Stands where a draft has no recipients yet. */
const NO_RECIPIENTS = { payloadType: 'none', payload: '', signatures: [{ keyid: '', sig: '' }] };

const inPayload = (payload: string): unknown => JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));

/** Null: a draft has none. */
function recipientsIn(policy: Policy): Recipients | null {
  try {
    return recipientsSchema.safeParse(inPayload(policy.recipients.payload)).data ?? null;
  } catch {
    return null;
  }
}

/** @throws Problem `not_json`, `file_unreadable`, `usage` naming what the schema refuses. */
export function policyIn(path: string): { readonly policy: Policy; readonly recipients: Recipients | null } {
  const text = readText(path);
  let document: Record<string, unknown>;
  try {
    document = JSON.parse(text) as Record<string, unknown>;
    if (typeof document.payload === 'string') document = inPayload(document.payload) as Record<string, unknown>;
  } catch (cause) {
    throw problem('not_json', path, cause);
  }
  const parsed = policySchema.safeParse({ recipients: NO_RECIPIENTS, ...document });
  if (parsed.success) return { policy: parsed.data, recipients: recipientsIn(parsed.data) };
  const [issue] = parsed.error.issues;
  throw problem('usage', `the policy's ${issue?.path.join('.') || 'document'} ${issue?.message}`);
}
