import { PERSON_USAGE, personFrom, personOptions } from './as-person.ts';
import type { Command } from './command.ts';
import { withEraser } from './with-eraser.ts';

const explained = {
  ok: 'The box believes its clock.',
  unconfirmed:
    'The clock is ahead of what can have passed. Nothing is erased that fell due only by it, until two sources or a person confirm it.',
  behind: 'The clock was set back. Erasing goes on by the time that passed; set the clock right, or confirm it.',
};

export const timeShow: Command = {
  name: 'time show',
  usage: 'time show',
  summary: 'shows what time the purge goes by, and whether the clock is believed',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withEraser(data, ({ time }) => {
      const { state, wall, believed, unprovenMs } = time.status();
      const [clock, purge] = [new Date(wall).toISOString(), new Date(believed).toISOString()];
      return {
        json: { state, clock, purge, unprovenMs },
        text: `clock  ${clock}\npurge  ${purge}\n${explained[state]}`,
        exitCode: state === 'ok' ? 0 : 1,
      };
    }),
};

export const timeConfirm: Command = {
  name: 'time confirm',
  usage: `time confirm ${PERSON_USAGE}`,
  summary: 'a person says that the clock is right: the purge goes by it from now on',
  options: personOptions,
  takes: 0,
  async run({ values, data }) {
    const { id } = await personFrom(values, data, 'confirm time');
    return withEraser(data, ({ time }) => {
      time.confirm(id);
      const confirmed = new Date(time.status().believed).toISOString();
      return { json: { confirmed }, text: `The time is ${confirmed}. The purge goes by it from its next run on.` };
    });
  },
};
