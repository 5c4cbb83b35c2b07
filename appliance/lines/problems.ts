import { problemsOf } from '@belkluis/shared/base/problem';

export const problem = problemsOf({
  lines_unreadable: 'The file of lines cannot be read, or is not JSON. Check it, or start from `belkluis lines show`.',
  lines_invalid: 'The lines say something that the box does not understand. Correct the field named here.',
  secret_missing:
    'The file hides the password of a trunk that the box does not know yet. Write the password in its place, or give it with `trunks add --password-file`.',
  pbx_unknown: 'The box stands in front of no PBX. `belkluis pbx set` names one.',
  trunk_exists: 'There is a trunk of this name already. Choose another name, or remove that one first.',
  reason_needed:
    'This lowers a guard of the box. Say why: the audit log keeps it. In the command line that is --reason.',
  trunk_unknown: 'There is no trunk of this name. `belkluis trunks list` shows all.',
});
