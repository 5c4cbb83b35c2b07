/** Who has acknowledged which notice of recording: without it, calls with their extension are not recorded. */
import { systemClock } from '@belkluis/shared/base/clock';
import { type Acknowledged, createNotices, VERSION_SHOWN } from '../../appliance/privacy/notices.ts';
import type { Privacy } from '../../appliance/privacy/privacy.ts';
import { readSignedList } from '../../appliance/privacy/read-list.ts';
import { PERSON_USAGE, personFrom, personOptions } from './as-person.ts';
import { type Box, withPhones, withPrivacy } from './box.ts';
import { type Command, type Invocation, needed, problem, type Result, readText, textOf } from './command.ts';

/** Extensions that one command names; a list has more. */
const MAX_NAMED = 200;

const noticesOf = ({ acknowledgements }: Privacy, box: Box) =>
  createNotices({
    acknowledgements,
    policy: () => box.policy()?.policy ?? null,
    appendAll: (entries) => box.log.appendAll(entries),
    clock: systemClock,
  });

/** Has the person that `--as` names note something. @throws Problem of `personFrom`. */
async function noted(
  { values, data }: Invocation,
  act: (notices: ReturnType<typeof noticesOf>, by: string) => Result,
): Promise<Result> {
  const person = await personFrom(values, data, 'note acknowledgements');
  return withPrivacy(data, (privacy, box) => act(noticesOf(privacy, box), person.id));
}

function acknowledged(notices: ReturnType<typeof noticesOf>, all: readonly Acknowledged[], by: string): Result {
  // What a command line can tell is a signature that its user has seen.
  const kept = notices.acknowledge(all, 'paper', by);
  return {
    json: { acknowledged: kept.map(({ extension, purpose, version }) => ({ extension, purpose, version })) },
    text: `Noted, in force within two seconds: ${kept.map(({ extension, purpose }) => `${extension} (${purpose})`).join(', ')}.`,
  };
}

export const noticesAcknowledge: Command = {
  name: 'notices acknowledge',
  usage: `notices acknowledge EXTENSION... [--purpose ID | --all] --how paper ${PERSON_USAGE}`,
  summary: 'notes that employees have read and signed the present notice: their calls may be recorded',
  options: {
    purpose: { type: 'string', means: 'of this purpose' },
    all: { type: 'boolean', means: 'of every purpose' },
    how: { type: 'string', means: 'paper: they signed it, and you have seen it' },
    ...personOptions,
  },
  takes: 1,
  mayTake: MAX_NAMED,
  run(invocation) {
    const { positionals, values } = invocation;
    const purpose = textOf(values, 'purpose') ?? null;
    if ((purpose === null) !== (values.all === true)) throw problem('usage', 'give either --purpose or --all');
    if (needed(values, 'how') !== 'paper') throw problem('usage', '--how is paper');
    return noted(invocation, (notices, by) =>
      acknowledged(
        notices,
        positionals.map((extension) => ({ extension, purpose, version: null, at: systemClock.now() })),
        by,
      ),
    );
  },
};

export const noticesImport: Command = {
  name: 'notices import',
  usage: `notices import FILE ${PERSON_USAGE}`,
  summary: 'takes over a signed list: CSV with the columns extension, purpose (* for all), version, date',
  options: personOptions,
  takes: 1,
  run(invocation) {
    const list = readSignedList(readText(invocation.positionals[0]!));
    return noted(invocation, (notices, by) => acknowledged(notices, list, by));
  },
};

export const noticesWithdraw: Command = {
  name: 'notices withdraw',
  usage: `notices withdraw EXTENSION [--purpose ID] ${PERSON_USAGE}`,
  summary: 'takes an acknowledgement back: calls with the extension are not recorded any more',
  options: { purpose: { type: 'string', means: 'of this purpose alone' }, ...personOptions },
  takes: 1,
  run: (invocation) =>
    noted(invocation, (notices, by) => {
      const [extension] = invocation.positionals as [string];
      const purpose = textOf(invocation.values, 'purpose') ?? null;
      notices.withdraw(extension, purpose, by);
      return { json: { extension, purpose }, text: `Taken back: ${extension}, ${purpose ?? 'every purpose'}.` };
    }),
};

export const noticesList: Command = {
  name: 'notices list',
  usage: 'notices list',
  summary: 'lists which extensions have acknowledged which notice, and which have not; 1 when one is missing',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withPhones(data, (phones) =>
      withPrivacy(data, (privacy, box) => {
        const extensions = noticesOf(privacy, box).list(phones.list().map(({ user }) => user));
        const lines = extensions.flatMap(({ extension, notices }) =>
          notices.map(({ purpose, state, acknowledgement }) => {
            const of = acknowledgement
              ? `  version ${acknowledgement.version.slice(0, VERSION_SHOWN)} of ${new Date(acknowledgement.at).toISOString().slice(0, 10)}, ${acknowledgement.how}`
              : '';
            return `${extension}  ${purpose}  ${state}${of}`;
          }),
        );
        const missing = extensions.some(({ notices }) => notices.some(({ state }) => state !== 'acknowledged'));
        return {
          json: { extensions },
          text: lines.join('\n') || 'No extensions, or no policy.',
          exitCode: missing ? 1 : 0,
        };
      }),
    ),
};
