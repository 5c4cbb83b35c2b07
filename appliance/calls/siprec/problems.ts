import { problemsOf } from '@belkluis/shared/base/problem';

/** What a metadata document (RFC 7865) is refused for. */
export const problem = problemsOf({
  metadata_malformed: 'The recording metadata is no well-formed XML. Look at what the source sends.',
  metadata_foreign: 'The XML is not recording metadata: its root must be a recording element (RFC 7865 10).',
  metadata_forbidden:
    'The recording metadata has a document type or an entity of its own, which nobody needs. Switch it off at the source.',
  metadata_too_large: 'The recording metadata is larger than any call needs. Look at what the source sends.',
});
