import { fc, testProp } from '@fast-check/ava';
import { controlsOf, refusedExport } from './level-controls.ts';
import { levels } from './purpose.ts';
import { recipientsFaults } from './recipients.ts';
import { samplePolicy } from './sample.ts';
import { refusedOpening, type Use, uses, usesCarried } from './uses.ts';

const anyUses = fc.subarray([...uses]);

testProp(
  'a recording teaches machines only when its purpose said so before it was made',
  [anyUses, fc.constantFrom('standard', 'sensitive', 'high')],
  (t, said, level) => {
    const recording = { uses: usesCarried(said), level };
    const announced = said.includes('ai_training');
    t.is(refusedOpening(recording, 'ai_training') === null, announced);
    if (!announced) t.not(refusedExport(recording, 'ai_training'), null);
  },
);

testProp('whatever a purpose says, people have their rights and authorities their powers', [anyUses], (t, said) => {
  for (const use of ['data-subject', 'supervision'] as const)
    t.is(refusedExport({ uses: usesCarried(said), level: 'high' }, use), null);
});

testProp(
  'a recording of the level high leaves for nobody else',
  [anyUses, fc.constantFrom(...uses)],
  (t, said, use) => {
    const refusal = refusedExport({ uses: usesCarried(said), level: 'high' }, use);
    t.is(refusal === null, (['data-subject', 'supervision'] as readonly Use[]).includes(use));
  },
);

testProp(
  'a higher level takes no control away: what it lets out the lower one does, and whom it is content with so is the lower',
  [
    anyUses,
    fc.constantFrom(...uses),
    fc.subarray(['a', 'b', 'c']),
    fc.constantFrom(...levels),
    fc.constantFrom(...levels),
  ],
  (t, said, use, custodians, one, other) => {
    const [low, high] = [one, other].sort((a, b) => levels.indexOf(a) - levels.indexOf(b)) as [typeof one, typeof one];
    const carried = usesCarried(said);
    const leaves = (level: string) => refusedExport({ uses: carried, level }, use) === null;
    t.true(leaves(low) || !leaves(high));
    const { purposes, rules } = samplePolicy(new Date(0));
    const recipients = [...custodians, 'e'].map((name) => ({
      role: name === 'e' ? ('escrow' as const) : ('custodian' as const),
      name,
      fingerprint: name.repeat(40),
      certificate: name,
    }));
    const faults = (level: typeof one) =>
      recipientsFaults({ purposes: purposes.map((purpose) => ({ ...purpose, level })), rules }, { recipients }).length;
    t.true(faults(low) <= faults(high));
    t.true(
      leaves('a level of a later version') === (controlsOf('high').leavesFor.includes(use) && carried.includes(use)),
    );
  },
);

testProp('what is sensitive teaches nobody outside of the box', [anyUses], (t, said) => {
  for (const use of ['training', 'ai_training'] as const)
    t.is(refusedExport({ uses: usesCarried(said), level: 'sensitive' }, use), 'export_not_allowed');
});
