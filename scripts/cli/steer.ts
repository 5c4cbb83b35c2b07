/** The recording of a call while it goes on: paused, resumed, begun, or ended and erased because somebody in the call wants that. */
import { ask } from '../../appliance/control/client.ts';
import type { Answer, Question } from '../../appliance/control/protocol.ts';
import { PERSON_USAGE, personFrom, personOptions } from './as-person.ts';
import { withBox } from './box.ts';
import { type Command, problem } from './command.ts';

type Wish = Question<'steer recording'>['wish'];

const became: Readonly<Record<Answer<'steer recording'>['became'], string>> = {
  paused: 'Recording is paused. It goes on by itself after the time that its purpose says.',
  resumed: 'Recording goes on.',
  begun: 'Those in the call are told, and recorded as soon as they may be.',
  erased: 'Recording has ended, and what there was of it is erased.',
  stopped: 'Nothing more is recorded. What there is of it is erased as soon as that can be done.',
  already_so: 'It is so already, or nobody has to begin this recording.',
  not_recording: 'This call is not being recorded.',
  pause_not_allowed: 'The purpose of this call lets nobody pause it.',
  legal_retention: 'The law requires this recording: it goes on.',
  no_such_call: 'There is no such call now.',
};

/** Answers after which what was wanted is so. */
const done: readonly Answer<'steer recording'>['became'][] = ['paused', 'resumed', 'begun', 'erased', 'stopped'];

const steering = (wish: Wish, summary: string): Command => ({
  name: `calls ${wish}`,
  usage: `calls ${wish} CALL ${PERSON_USAGE}`,
  summary,
  options: personOptions,
  takes: 1,
  async run({ positionals, values, data }) {
    const [call] = positionals as [string];
    const { id } = await personFrom(values, data, 'control recordings');
    return withBox(data, async ({ at, log }) => {
      log.append({ kind: 'steering_asked', actor: id, facts: { call, wish } });
      const answer = await ask(at.controlSocket, { ask: 'steer recording', call, wish });
      if (!answer) throw problem('calls_not_running');
      if (!done.includes(answer.became)) throw problem('not_steered', became[answer.became]);
      return { json: { call, became: answer.became }, text: became[answer.became] };
    });
  },
});

export const callsPause = steering('pause', 'pauses the recording of a live call, such as for a card number');
export const callsResume = steering('resume', 'has a paused recording go on');
export const callsRecord = steering('record', 'begins to record a call where its rule leaves that to people');
export const callsObject = steering('object', 'ends a recording and erases it, because somebody in the call objects');
