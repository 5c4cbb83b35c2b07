/** How a form says that it was refused. */
import { Problem } from '@belkluis/shared/base/problem';
import { told } from '../problems.ts';
import type { DeskContext } from '../visit.ts';
import type { FormFault } from './parts.ts';

/** Shows a refusal beside the field that it is about; anything else is not this page's matter. */
export function refusal(c: DeskContext, error: unknown, fields: Readonly<Record<string, string>>): FormFault {
  const name = error instanceof Problem ? fields[error.code] : undefined;
  if (!(error instanceof Problem) || name === undefined) throw error;
  const { t } = c.get('visit');
  c.status(told(error).status);
  return { field: name, text: t.problems[error.code as keyof typeof t.problems] };
}
