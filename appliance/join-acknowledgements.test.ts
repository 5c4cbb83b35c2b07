import { samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { acknowledgedByAll } from './join-acknowledgements.ts';
import { linesSchema } from './lines/schema.ts';

const inbound = [{ did: '+31201110001', to: ['10', '11', '14'] }];
const lines = linesSchema.parse({ schemaVersion: 1, trunks: [{ id: 'one', host: 'one.carrier.test', inbound }] });

test('a call from outside is recorded when all phones that it may ring have acknowledged, and an extension for itself', (t) => {
  const [purpose] = samplePolicy(new Date()).purposes;
  const have = new Set(['10', '11', 'anna']);
  const acknowledged = acknowledgedByAll(
    () => lines,
    (extension) => have.has(extension),
  );
  t.true(acknowledged('anna', purpose!));
  t.false(acknowledged('bram', purpose!));
  t.false(acknowledged('+31201110001', purpose!));
  have.add('14');
  t.true(acknowledged('+31201110001', purpose!));
});
