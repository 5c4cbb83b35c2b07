/** Where the metadata is in a message: vendors name it in several ways, or not at all (sip-field, SIPREC dialects 3). */
import { Problem } from '@belkluis/shared/base/problem';
import { partsOf } from '../../sip/dialog/body.ts';
import type { SipMessage } from '../../sip/message/message.ts';
import type { MetadataUpdate } from './metadata/model.ts';
import { readMetadata } from './metadata/read.ts';

/** RFC 7866 as it was and as RFC 9806 mends it; the last is what some make of it. */
const METADATA_TYPES = new Set(['application/rs-metadata', 'application/rs-metadata+xml', 'application/+xml']);

const XML_TYPES = new Set(['', 'text/plain', 'text/xml', 'application/xml']);

/** The metadata document of a message; null: none. */
export function metadataBytes(message: SipMessage): Buffer | null {
  const parts = partsOf(message).filter(({ body }) => body.length > 0);
  const named = parts.find(({ contentType }) => METADATA_TYPES.has(contentType));
  const placed = parts.find(
    ({ contentType, headers }) =>
      contentType !== 'application/sdp' && /^\s*recording-session\b/i.test(headers.get('content-disposition') ?? ''),
  );
  const looks = parts.find(
    ({ contentType, body }) =>
      XML_TYPES.has(contentType) &&
      /^\s*<(?:[^>]{0,200}>\s*<)?(?:\w+:)?recording\b/.test(body.toString('latin1', 0, 600)),
  );
  return (named ?? placed ?? looks)?.body ?? null;
}

/** What a message tells: null when nothing, a problem when it cannot be read. */
export function metadataIn(message: SipMessage): MetadataUpdate | null | Problem {
  const bytes = metadataBytes(message);
  return bytes && attempt(() => readMetadata(bytes));
}

/** The value, or the problem that there was. */
export function attempt<T>(action: () => T): T | Problem {
  try {
    return action();
  } catch (problem) {
    if (problem instanceof Problem) return problem;
    throw problem;
  }
}
