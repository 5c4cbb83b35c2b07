import { problemsOf } from '@belkluis/shared/base/problem';

export const problem = problemsOf({
  draft_gone: 'What you wrote is not kept any more: it waited too long, or it is applied. Write it again.',
  draft_old: 'Somebody else changed this in the meantime. Nothing was applied. Look again, and write yours anew.',
});
