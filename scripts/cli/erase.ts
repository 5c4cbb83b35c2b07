import { PERSON_USAGE, personFrom, personOptions } from './as-person.ts';
import { type Command, needed, problem } from './command.ts';
import { withEraser } from './with-eraser.ts';

export const erase: Command = {
  name: 'erase',
  usage: `erase RECORDING --reason request|objection --case REF ${PERSON_USAGE}`,
  summary: 'erases one recording now because its subject asks for it, and certifies that',
  options: {
    reason: { type: 'string', means: 'the data subject asks for it (GDPR 17), or objects (GDPR 21)' },
    case: { type: 'string', means: 'the number under which the request is filed' },
    ...personOptions,
  },
  takes: 1,
  async run({ positionals, values, data }) {
    const [recording] = positionals as [string];
    const reason = needed(values, 'reason');
    if (reason !== 'request' && reason !== 'objection') throw problem('usage', '--reason is request or objection');
    const caseRef = needed(values, 'case');
    const { id: actor } = await personFrom(values, data, 'erase');
    return withEraser(data, async ({ eraser }) => {
      const outcome = await eraser.eraseNow({ recording, reason, caseRef, actor });
      const { certified, certificate, waitsFor } = outcome;
      return {
        json: { recording, certified, waitsFor, certificate: certificate === null ? null : JSON.parse(certificate) },
        text: certified
          ? `Erased and certified. The certificate: belkluis certificates show ${recording}`
          : `Erased: nobody can open it here. Its certificate waits (${waitsFor}), and is made at the desk's next run.`,
      };
    });
  },
};
