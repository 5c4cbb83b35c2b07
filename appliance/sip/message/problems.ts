import { problemsOf } from '@belkluis/shared/base/problem';

export const problem = problemsOf({
  malformed_draft:
    'A message to be sent has an impossible method, address or header name. This is a bug in whoever built it: report it.',
  header_injection: 'A header value contains a line break. This is a bug in whoever built it: report it.',
});
