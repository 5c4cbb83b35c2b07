/** Policies at the fleet's terminal: levels are written, looked at and signed, and rollouts steered. */
import { readFileSync } from 'node:fs';
import { problemsOf } from '@belkluis/shared/base/problem';
import type { Rooms } from '../../fleet/open-rooms.ts';
import type { Choice, ShownChange } from '../../fleet/policy/choose.ts';
import type { LevelInput } from '../../fleet/policy/content.ts';
import type { LevelRef } from '../../fleet/policy/levels.ts';
import type { Ring } from '../../fleet/policy/rings.ts';
import type { Rollout } from '../../fleet/policy/rollouts.ts';
import type { Preview } from '../../fleet/policy/signing.ts';
import { levelKinds } from '../../fleet/policy/tables.ts';
import { type Scope, wholeMsp } from '../../fleet/tenants/scope.ts';
import type { Command, Given, Result } from './given.ts';

const problem = problemsOf({
  usage: 'This is not understood.',
  file_unreadable: 'The file cannot be read. Check its path and that it is JSON.',
  box_unknown: 'There is no such box. `boxes` lists them.',
  rollout_unknown: 'There is no such rollout. `rollouts --msp ID` lists them.',
});

export const policyUsage = `  policy set FILE --msp|--customer|--site|--box ID
                                          what this level says of policies, as JSON: variables, values, parts, without, locks
  policy bring FILE --msp ID              a policy that a customer has signed: current.json of a box
  policy show BOX                         what is wanted of a box, what it has, and what its levels make
  policy preview --msp|--customer|--site|--box ID
                                          what signing would change, field by field
  policy sign --msp|--customer|--site|--box ID --title TEXT [--rings FILE] [--leave-out]
                                          signs that and begins to send it
  policy key --msp ID                     the key with which an MSP signs policies, as boxes pin it
  rollouts --msp ID                       all of them, newest first
  rollout halt|resume|cancel|retry ID     stops one, goes on, takes it back, tries the failed ones again`;

export const policyOptions = {
  title: { type: 'string' },
  rings: { type: 'string' },
  'leave-out': { type: 'boolean' },
} as const;

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw problem('file_unreadable', file, cause);
  }
}

const argumentOf = ({ argument }: Given, what: string): string => {
  if (argument === null) throw problem('usage', `${what} is missing`);
  return argument;
};

/** The one level that the options name, with the scope of its MSP. */
async function levelOf({ operator, identities }: Rooms, given: Given): Promise<{ scope: Scope; ref: LevelRef }> {
  const named = levelKinds.flatMap((kind) => given.all(kind).map((of): LevelRef => ({ kind, of })));
  const [ref] = named;
  if (named.length !== 1 || !ref) throw problem('usage', 'give one of --msp, --customer, --site and --box');
  const { kind, of } = ref;
  switch (kind) {
    case 'msp':
      return { scope: wholeMsp(of), ref };
    case 'customer':
      return { scope: wholeMsp(await operator.mspOf(of)), ref };
    case 'site':
      return { scope: wholeMsp((await operator.place(of)).msp), ref };
    case 'box': {
      const place = await identities.place(of);
      if (!place) throw problem('box_unknown');
      return { scope: wholeMsp(place.msp), ref };
    }
  }
}

const choiceOf = ({ kind, of }: LevelRef): Choice =>
  ({ msp: { all: true }, customer: { customers: [of] }, site: { sites: [of] }, box: { boxes: [of] } })[kind];

const told = { at_once: 'at once', waits: 'waits for a person there', delayed: 'waits a week', refused: 'is refused' };

const line = ({ path, before, after, direction }: ShownChange): string =>
  `    ${path.join('.')}: ${before.join(', ') || '-'} -> ${after.join(', ') || '-'}  (${told[direction]})`;

function previewText({ boxes, toSign, groups, agreementsEnding }: Preview): string {
  const lines = [`${toSign} of ${boxes} boxes would get another policy.`];
  for (const { boxes: count, outcome, cannot, changes, faults, some } of groups) {
    lines.push('', `${count} boxes: ${cannot ?? outcome}  (${some.map(({ name }) => name).join(', ')})`);
    lines.push(...changes.map(line));
    lines.push(...faults.map(({ path, detail, level }) => `    ${path}: ${detail}  (said by ${level ?? 'nobody'})`));
  }
  for (const { customer, until } of agreementsEnding)
    lines.push('', `The processing agreement with ${customer} ends on ${new Date(until).toISOString().slice(0, 10)}.`);
  return lines.join('\n');
}

const rolloutLine = ({ id, title, state, halted, ring, rings, counts }: Rollout): string => {
  const how = Object.entries(counts).map(([name, boxes]) => `${boxes} ${name}`);
  return `${id}  ${state}${halted ? ` (${halted})` : ''}  ring ${ring + 1} of ${rings.length}  ${how.join(', ')}  ${title}`;
};

async function show({ policies, identities }: Rooms, box: string): Promise<Result> {
  const place = await identities.place(box);
  if (!place) throw problem('box_unknown');
  const scope = wholeMsp(place.msp);
  const at = await policies.standing.box(scope, box);
  const draft = await policies.standing.draft(scope, box);
  const { pending, rejected, applied } = at.reported ?? {};
  const lines = [
    `State     ${at.state}${at.why ? ` (${at.why})` : ''}`,
    `Wanted    ${at.desired ? `version ${at.desired.version}, ${at.desired.hash}` : '-'}`,
    `In force  ${applied ? `version ${applied.version}, ${applied.hash}` : '-'}`,
    ...(pending
      ? [`Waiting   version ${pending.version}: ${[...pending.weakens, ...pending.destroys].join(', ')}`]
      : []),
    ...(rejected ? [`Refused   version ${rejected.version}: ${rejected.why}`] : []),
    ...(at.state === 'altered' ? ['What it refused is not what was signed here. Somebody has changed it.'] : []),
    ...(at.changes ?? []).map(line),
    ...draft.faults.map(({ path, detail }) => `Fault     ${path}: ${detail}`),
  ];
  const { foundation, faults } = draft;
  return { json: { ...at, draft: { policy: draft.policy, foundation, faults } }, text: lines.join('\n') };
}

async function sign(rooms: Rooms, given: Given, actor: string): Promise<Result> {
  const { scope, ref } = await levelOf(rooms, given);
  const title = given.needed('title');
  const choice = choiceOf(ref);
  const { token } = await rooms.policies.preview(scope, choice);
  const file = given.option('rings');
  const rings = file === null ? undefined : (jsonIn(file) as Ring[]);
  const input = { choice, token, title, rings, leaveOut: given.flag('leave-out') };
  const signed = await rooms.policies.sign(scope, input, actor);
  return { json: signed, text: `${signed.rollout}\nSigned for ${signed.boxes} boxes; a fleet that runs sends it.` };
}

/** The MSP of a rollout: who sits at the terminal sees all of them. */
async function scopeOf({ msps, policies }: Rooms, rollout: string): Promise<Scope> {
  for (const { id } of await msps.list()) {
    const found = await policies.rollouts.one(wholeMsp(id), rollout).catch(() => null);
    if (found) return wholeMsp(id);
  }
  throw problem('rollout_unknown');
}

const steer = (act: 'halt' | 'resume' | 'cancel' | 'retry'): Command => ({
  words: `rollout ${act}`,
  async run(rooms, given, actor) {
    const id = argumentOf(given, 'ID');
    const scope = await scopeOf(rooms, id);
    await rooms.policies.rollouts[act](scope, id, actor);
    const rollout = await rooms.policies.rollouts.one(scope, id);
    return { json: rollout, text: rolloutLine(rollout) };
  },
});

async function list({ policies }: Rooms, given: Given): Promise<Result> {
  const scope = wholeMsp(given.needed('msp'));
  const rows: Rollout[] = [];
  let after: string | null | undefined;
  do {
    const page = await policies.rollouts.list(scope, { after });
    rows.push(...page.rows);
    after = page.next;
  } while (after !== null);
  return { json: rows, text: rows.map(rolloutLine).join('\n') };
}

export const policyCommands: readonly Command[] = [
  {
    words: 'policy set',
    async run(rooms, given, actor) {
      const { levels } = rooms.policies;
      const { scope, ref } = await levelOf(rooms, given);
      const { version } = (await levels.chain(scope, ref)).at(-1)!;
      const input = jsonIn(argumentOf(given, 'FILE')) as LevelInput;
      const level = await levels.write(scope, ref, version, input, actor);
      return { json: level, text: `Version ${level.version}. Nothing is sent until it is signed.` };
    },
  },
  {
    words: 'policy bring',
    async run({ policies }, given, actor) {
      const text = JSON.stringify(jsonIn(argumentOf(given, 'FILE')));
      const hash = await policies.documents.bring(wholeMsp(given.needed('msp')), text, actor);
      return { json: { hash }, text: hash };
    },
  },
  { words: 'policy show', run: (rooms, given) => show(rooms, argumentOf(given, 'BOX')) },
  {
    words: 'policy preview',
    async run(rooms, given) {
      const { scope, ref } = await levelOf(rooms, given);
      const preview = await rooms.policies.preview(scope, choiceOf(ref));
      return { json: preview, text: previewText(preview) };
    },
  },
  { words: 'policy sign', run: sign },
  {
    words: 'policy key',
    async run({ policies }, given, actor) {
      const publicKey = await policies.keys.pinned(given.needed('msp'), actor);
      return { json: { publicKey }, text: publicKey };
    },
  },
  { words: 'rollouts', run: list },
  ...(['halt', 'resume', 'cancel', 'retry'] as const).map(steer),
];
