import { problemsOf } from '@belkluis/shared/base/problem';

export const problem = problemsOf({
  header_injection: 'A header value contains a line break. This is a bug in whoever built it: report it.',
});
