/** What a box does with policies: it takes them, has weakening ones approved, and says what they change and would have done. */
import { existsSync } from 'node:fs';
import { systemClock } from '@belkluis/shared/base/clock';
import type { PolicyChange } from '@belkluis/shared/policy/changes/classify';
import type { WholePolicy } from '@belkluis/shared/policy/changes/difference';
import type { Policy } from '@belkluis/shared/policy/schema';
import type { Person } from '../../appliance/access/people.ts';
import { may } from '../../appliance/access/roles.ts';
import { readConfig } from '../../appliance/config.ts';
import { joinPolicy, type PolicyActs, textsOf, withRecipientsOf } from '../../appliance/join-policy.ts';
import type { Outcome, PendingPolicy } from '../../appliance/policy/changing.ts';
import type { Fate } from '../../appliance/policy/dry-run.ts';
import type { VerifiedPolicy } from '../../appliance/policy/verify.ts';
import type { Unspoken } from '../../appliance/unspoken.ts';
import type { Catalogue } from '../../appliance/vault/catalogue.ts';
import { makeFolder } from '../../appliance/vault/durable.ts';
import { type PurposePreview, previewRetention } from '../../appliance/vault/shorten.ts';
import { cataloguePath } from '../../appliance/vault/vault.ts';
import { PERSON_USAGE, personFrom, personOptions } from './as-person.ts';
import { type Box, recordRegisterOf, withBox, withCatalogue } from './box.ts';
import { type Command, needed, type Options, problem, readText, textOf, type Values } from './command.ts';
import { policyIn } from './policy-file.ts';
import { inWords } from './retention.ts';

/** Policies of the box at `data`. */
function withPolicies<T>(data: string, use: (acts: PolicyActs, box: Box) => Promise<T> | T): Promise<T> {
  return withBox(data, async (box) => {
    makeFolder(data);
    const acts = joinPolicy({
      folder: box.at.policy,
      lock: box.at.policyLock,
      // Asked for when it is needed: who only looks makes neither device nor log.
      deviceId: () => box.device.deviceId,
      now: systemClock.now,
      append: (entry) => box.log.append(entry),
      recordRegister: (next) => recordRegisterOf(box, next),
    });
    try {
      return await use(acts, box);
    } finally {
      acts.close();
    }
  });
}

/** The catalogue, if the box has kept anything: one that has not gets no vault by being asked. */
const withKept = <T>(data: string, at: Box['at'], use: (catalogue: Catalogue | null) => Promise<T>): Promise<T> =>
  existsSync(cataloguePath(at.vault)) ? withCatalogue(data, use) : use(null);

/** What would leave earlier under `policy`, by purpose. */
async function earlierUnder(policy: Policy, data: string, at: Box['at']): Promise<readonly PurposePreview[]> {
  const all = await withKept(data, at, async (catalogue) =>
    catalogue ? previewRetention(catalogue, policy, systemClock.now()) : [],
  );
  return all.filter(({ recordings, calls }) => recordings.count + calls.count > 0);
}

const side = (words: readonly string[]): string => words.join(', ') || '–';

const changeText = ({ path, before, after, class: of, description }: PolicyChange): string =>
  `  ${of}: ${path.join('.') || 'the policy'}: ${side(before)} → ${side(after)}\n      ${description}`;

const changesText = (changes: readonly PolicyChange[]): string[] =>
  changes.length === 0 ? ['Nothing changes.'] : changes.map(changeText);

const instant = (at: number): string => new Date(at).toISOString();

const names = ({ policy: { purposes } }: VerifiedPolicy): string => purposes.map(({ name }) => name).join(', ');

/** What waits for whom, and until when. */
function waitsText({ policy, plan, approval }: PendingPolicy): string[] {
  const { version } = policy.policy;
  const who = approval
    ? `  ${approval.name} approved it: ${approval.reason}`
    : `  It weakens, so a data protection officer decides by ${instant(plan.expiresAt)}: belkluis policy approve --as NAME --reason TEXT`;
  return [
    `Policy ${version} waits (hash ${policy.hash}). Until then the one before stays in force, whole.`,
    ...(plan.needsApproval ? [who] : []),
    ...(plan.waitsUntil === null
      ? []
      : [
          `  It erases before its day, so it waits until ${instant(plan.waitsUntil)}: belkluis policy refuse --as NAME --reason TEXT`,
        ]),
    ...changesText(plan.changes),
  ];
}

const waitsJson = ({ policy, plan, arrivedAt, by, approval }: PendingPolicy) => ({
  version: policy.policy.version,
  hash: policy.hash,
  arrivedAt,
  by,
  approval,
  ...plan,
});

/** Sentences that nobody would hear, and what to do about it. */
const unspokenText = (all: readonly Unspoken[]): string[] =>
  all.length === 0
    ? []
    : [
        'These sentences have no WAV that says them. Calls that have to hear them are not recorded, and refused where a law demands it:',
        ...all.flatMap(({ purpose, rule, language, text, textSha256, why }) => [
          `  ${purpose}${rule === null ? '' : `, rule ${rule}`}, ${language}  ${text}`,
          `      ${textSha256}  ${why === 'wav_outdated' ? 'no WAV of the policy is bound to this sentence' : `${why}: bring the file with \`belkluis policy wav\``}`,
        ]),
      ];

function outcomeOf(outcome: Outcome, earlier: readonly PurposePreview[], unspoken: readonly Unspoken[]) {
  if (outcome.state === 'pending') {
    const { pending } = outcome;
    return {
      json: { state: 'pending', ...waitsJson(pending), earlier, unspoken },
      text: [
        ...waitsText(pending),
        ...earlier.map((purpose) => `  ${inWords(purpose)}`),
        ...unspokenText(unspoken),
      ].join('\n'),
    };
  }
  const { policy, plan } = outcome;
  const { version, purposes } = policy.policy;
  return {
    json: {
      state: 'in force',
      version,
      hash: policy.hash,
      purposes: purposes.map(({ id }) => id),
      classes: plan.classes,
      changes: plan.changes,
      earlier,
      unspoken,
    },
    text: [
      `Policy ${version} is in force: ${names(policy)}.`,
      ...(earlier.length === 0 ? [] : ['The desk brings what exists to these terms within a minute:']),
      ...earlier.map((purpose) => `  ${inWords(purpose)}`),
      ...unspokenText(unspoken),
    ].join('\n'),
  };
}

const reasonOption: Options = {
  reason: { type: 'string', means: 'why, in a sentence; kept with the policy and in the audit log' },
};

const deciderOf = ({ id, name }: Person, reason: string) => ({ person: id, name, reason });

export const policyApply: Command = {
  name: 'policy apply',
  usage: 'policy apply FILE [--as NAME [--reason TEXT] [--credentials FILE]]',
  summary: 'takes a signed policy; one that weakens or erases waits, and says for what',
  options: { ...reasonOption, ...personOptions },
  takes: 1,
  async run({ positionals, values, data }) {
    const text = readText(positionals[0]!);
    const person = textOf(values, 'as') === undefined ? null : await personFrom(values, data, 'propose policy');
    const reason = textOf(values, 'reason');
    return withPolicies(data, async (acts, { at }) => {
      // Before: the desk follows a new policy within a minute, and then nothing is left to foresee. What is refused is refused below.
      const foreseen = await Promise.resolve(text)
        .then(acts.foresee)
        .catch(() => null);
      const earlier = foreseen ? await earlierUnder(foreseen.policy.policy, data, at) : [];
      let outcome = acts.propose(text, person?.id ?? 'cli');
      const mayNow = person !== null && reason !== undefined && may(person, 'approve policy');
      if (outcome.state === 'pending' && outcome.pending.plan.needsApproval && mayNow)
        outcome = acts.approve(deciderOf(person, reason), outcome.pending.policy.hash);
      const { policy } = outcome.state === 'pending' ? outcome.pending.policy : outcome.policy;
      return outcomeOf(outcome, earlier, await acts.unspoken(policy));
    });
  },
};

export const policyPending: Command = {
  name: 'policy pending',
  usage: 'policy pending',
  summary: 'says which policy waits, for whom, until when, and what it changes',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withPolicies(data, (acts) => {
      const pending = acts.pending();
      if (!pending) return { json: { pending: null }, text: 'No policy waits.' };
      return { json: { pending: waitsJson(pending) }, text: waitsText(pending).join('\n') };
    }),
};

const decisionOptions: Options = {
  ...reasonOption,
  hash: { type: 'string', means: 'of the policy that is meant; without it, the one that waits' },
  ...personOptions,
};

const DECISION_USAGE = `--reason TEXT [--hash HASH] ${PERSON_USAGE}`;

async function decider(values: Values, data: string) {
  const reason = needed(values, 'reason');
  return deciderOf(await personFrom(values, data, 'approve policy'), reason);
}

export const policyApprove: Command = {
  name: 'policy approve',
  usage: `policy approve ${DECISION_USAGE}`,
  summary: 'lets a weakening policy come into force, as data protection officer',
  options: decisionOptions,
  takes: 0,
  async run({ values, data }) {
    const by = await decider(values, data);
    return withPolicies(data, async (acts) => {
      const outcome = acts.approve(by, textOf(values, 'hash') ?? null);
      const { policy } = outcome.state === 'pending' ? outcome.pending.policy : outcome.policy;
      return outcomeOf(outcome, [], await acts.unspoken(policy));
    });
  },
};

export const policyRefuse: Command = {
  name: 'policy refuse',
  usage: `policy refuse ${DECISION_USAGE}`,
  summary: 'puts away the policy that waits, as data protection officer',
  options: decisionOptions,
  takes: 0,
  async run({ values, data }) {
    const by = await decider(values, data);
    return withPolicies(data, (acts) => {
      const { hash, policy } = acts.refuse(by, textOf(values, 'hash') ?? null);
      return {
        json: { version: policy.version, hash },
        text: `Policy ${policy.version} is refused. The one before stays in force.`,
      };
    });
  },
};

/** The policy in a file, with the recipients that it would have. */
const lookedAt = (path: string, acts: PolicyActs): WholePolicy => {
  const { policy, recipients } = policyIn(path);
  return recipients ? { policy, recipients } : withRecipientsOf(policy, acts.inForce());
};

function versionOf(acts: PolicyActs, text: string): VerifiedPolicy {
  const found = acts.versions().find(({ policy }) => String(policy.policy.version) === text);
  if (!found) throw problem('usage', `no version ${text} is kept; \`policy versions\` lists those that are`);
  return found.policy;
}

export const policyDiff: Command = {
  name: 'policy diff',
  usage: 'policy diff FILE [--against VERSION]',
  summary: 'says what a policy, signed or a draft, changes, and what that means for people',
  options: { against: { type: 'string', means: 'a kept version; without it, the one in force' } },
  takes: 1,
  run: ({ positionals, values, data }) =>
    withPolicies(data, (acts) => {
      const against = textOf(values, 'against');
      const next = lookedAt(positionals[0]!, acts);
      const changes = acts.differences(next, against === undefined ? undefined : versionOf(acts, against));
      return { json: { changes }, text: changesText(changes).join('\n') };
    }),
};

export const policyVersions: Command = {
  name: 'policy versions',
  usage: 'policy versions',
  summary: 'lists every policy that was in force, since when, and who approved it',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withPolicies(data, (acts) => {
      const versions = acts.versions().map(({ since, policy, approval }) => ({
        since,
        version: policy.policy.version,
        hash: policy.hash,
        signer: policy.signer,
        signerIs: policy.signerIs,
        approval,
      }));
      const lines = versions.map(({ since, version, hash, approval }) => {
        const who = approval ? `  approved by ${approval.name}: ${approval.reason}` : '';
        return `${version}  ${since === 0 ? 'from the beginning' : instant(since)}  ${hash}${who}`;
      });
      return { json: { versions }, text: lines.join('\n') || 'No policy was in force yet.' };
    }),
};

export const policyText: Command = {
  name: 'policy text',
  usage: 'policy text [FILE]',
  summary: 'prints what callers hear, for each rule, with the hash that a WAV is bound to',
  options: {},
  asksBox: ({ positionals }) => positionals.length === 0,
  takes: 0,
  mayTake: 1,
  run: ({ positionals, data }) =>
    withPolicies(data, (acts) => {
      const [path] = positionals;
      const policy = path === undefined ? acts.inForce()?.policy : policyIn(path).policy;
      if (!policy) return { json: { texts: [] }, text: 'No policy is in force: nothing is said, nothing is recorded.' };
      const texts = textsOf(policy);
      const lines = texts.flatMap(({ purpose, rule, announcements }) => [
        `${purpose}${rule === null ? '' : `, rule ${rule}`}`,
        ...announcements.map(({ language, text, textSha256, wav }) => {
          const spoken = wav === null ? 'spoken by the box' : wav === 'outdated' ? 'no WAV says this' : `WAV ${wav}`;
          return `  ${language}  ${text}\n      ${textSha256}  ${spoken}`;
        }),
      ]);
      return { json: { texts }, text: lines.join('\n') };
    }),
};

const fateText = ({ recorded, refused, purpose, reason }: Fate): string =>
  recorded ? `recorded for ${purpose}` : refused ? `refused (${reason})` : `not recorded (${reason})`;

export const policyTry: Command = {
  name: 'policy try',
  usage: `policy try FILE [--config FILE] [--as NAME [--credentials FILE]]`,
  summary: 'says what a policy would have done to the calls of the last week, and to what exists',
  options: {
    config: { type: 'string', means: "the box's configuration, for its time zone; without it, this machine's" },
    ...personOptions,
  },
  takes: 1,
  async run({ positionals, values, data }) {
    // Who called whom is for whoever may see it; everybody else sees stand-ins.
    const person = textOf(values, 'as') === undefined ? null : await personFrom(values, data, 'see numbers');
    const config = textOf(values, 'config');
    const timeZone =
      config === undefined ? Intl.DateTimeFormat().resolvedOptions().timeZone : readConfig(config).timeZone;
    return withPolicies(data, async (acts, { at, log }) => {
      const next = lookedAt(positionals[0]!, acts);
      const tried = await withKept(data, at, (catalogue) =>
        acts.tryOut(next, {
          catalogue,
          said: { timeZone, objected: catalogue?.objections.meets ?? (() => false), acknowledged: () => true },
          numbers: person !== null,
        }),
      );
      const { plan, effect, earlier } = tried;
      if (person) log.append({ kind: 'calls_viewed', actor: person.id, facts: { calls: effect.examples.length } });
      return {
        json: { ...tried },
        text: [
          `Of ${effect.calls} answered calls of the last week ${effect.differ} would have gone otherwise.`,
          ...effect.purposes.map(
            (one) =>
              `  ${one.purpose}: ${one.was} recorded, would be ${one.would} (${one.more} more, ${one.fewer} fewer); ${one.wasRefused} refused, would be ${one.wouldBeRefused}`,
          ),
          ...effect.examples.map(
            ({ startedAt, from, to, was, would }) =>
              `  ${instant(startedAt)}  ${from} → ${to}: ${fateText(was)} → ${fateText(would)}`,
          ),
          ...unspokenText(tried.unspoken),
          earlier.length === 0 ? 'Nothing that exists would leave earlier.' : 'What exists would leave earlier:',
          ...earlier.map((purpose) => `  ${inWords(purpose)}`),
          ...changesText(plan.changes),
        ].join('\n'),
      };
    });
  },
};
