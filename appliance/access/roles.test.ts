import test from 'ava';
import { may, mayOpen } from './roles.ts';

test('whoever runs the machine sees neither calls nor content', (t) => {
  const admin = { roles: ['admin'] as const };
  t.true(may(admin, 'see health'));
  t.false(may(admin, 'see recordings'));
  t.false(mayOpen(admin, ['custodian', 'dpo', 'admin']));
});

test('a recording is opened only by roles that its purpose names', (t) => {
  t.true(mayOpen({ roles: ['custodian'] }, ['custodian']));
  t.false(mayOpen({ roles: ['dpo'] }, ['custodian']));
  t.false(mayOpen({ roles: [] }, []));
});
