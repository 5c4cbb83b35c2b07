import { fc, testProp } from '@fast-check/ava';
import { refusedExport, refusedOpening, type Use, uses, usesCarried } from './uses.ts';

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
