/** Policies for a desk under test: a world without signatures and files, which classifies as the box does. */
import { createHash } from 'node:crypto';
import { systemChance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { problemsOf } from '@belkluis/shared/base/problem';
import { changesOf, classesIn } from '@belkluis/shared/policy/changes/classify';
import type { Recipients } from '@belkluis/shared/policy/recipients';
import type { Policy } from '@belkluis/shared/policy/schema';
import { announcementsOf } from '@belkluis/shared/policy/words';
import { openDrafts } from '../../drafts/drafts.ts';
import { problem as draftProblem } from '../../drafts/problems.ts';
import type { PendingPolicy, PolicyEffect, PolicyPlan, PolicyServices, PolicyVersion } from '../policy-services.ts';

const problem = problemsOf({
  policy_none: 'None.',
  policy_nothing_waits: 'Nothing waits.',
  policy_another_waits: 'Another.',
  wav_malformed: 'No WAV.',
});

const DAY_MS = 86_400_000;

export function testPolicies(clock: Clock, first: () => Policy | null) {
  const world = {
    maySign: true,
    voices: new Map<string, Buffer>(),
    effect: { calls: 0, differ: 0, purposes: [] } as PolicyEffect['effect'],
    earlier: [] as PolicyEffect['earlier'],
    unspoken: [] as PolicyEffect['unspoken'],
    pending: null as PendingPolicy | null,
    /** Newest first; the first is in force. */
    versions: [] as PolicyVersion[],
    signed: [] as { readonly policy: Policy; readonly by: string; readonly reason: string }[],
  };
  const recipients: Recipients = {
    schemaVersion: 1,
    listVersion: 1,
    issuedAt: new Date(0).toISOString(),
    recipients: [],
  };
  const whole = (policy: Policy) => ({ policy, recipients });
  const hashOf = (policy: Policy) => String(policy.version).padStart(64, '0');
  const drafts = openDrafts<Policy>({ clock, chance: systemChance, keepMs: 8 * 3_600_000 });
  const inForce = () => {
    const policy = world.versions[0]?.policy ?? first();
    return (
      policy && {
        policy,
        hash: hashOf(policy),
        signer: 'a'.repeat(64),
        holder: 'customer' as const,
        since: clock.now() - DAY_MS,
      }
    );
  };
  const planOf = (policy: Policy): PolicyPlan => {
    const before = inForce()?.policy;
    const changes = changesOf(before ? whole(before) : null, whole(policy));
    const classes = classesIn(changes);
    return {
      changes,
      classes,
      needsApproval: classes.includes('weakening'),
      waitsUntil: classes.includes('destructive') ? clock.now() + 7 * DAY_MS : null,
      expiresAt: clock.now() + 14 * DAY_MS,
    };
  };
  const apply = (policy: Policy, approval: PolicyVersion['approval']) => {
    const before = world.versions.length === 0 ? inForce() : null;
    if (before) world.versions.push({ ...before, approval: null });
    world.versions.unshift({
      policy,
      hash: hashOf(policy),
      signer: 'd'.repeat(64),
      holder: 'desk',
      since: clock.now(),
      approval,
    });
    world.pending = null;
    return 'in force' as const;
  };
  const waiting = (hash: string): PendingPolicy => {
    if (!world.pending) throw problem('policy_nothing_waits');
    if (world.pending.hash !== hash) throw problem('policy_another_waits');
    return world.pending;
  };
  const services: PolicyServices = {
    inForce,
    versions: () => world.versions,
    pending: () => world.pending,
    differences: (before, after) => changesOf(before && whole(before), whole(after)),
    tryOut: async (policy) => ({
      plan: planOf(policy),
      since: clock.now() - 7 * DAY_MS,
      until: clock.now(),
      effect: world.effect,
      earlier: world.earlier,
      unspoken: [
        ...world.unspoken,
        ...policy.purposes.flatMap((purpose) =>
          announcementsOf(policy, purpose)
            .filter(({ wav }) => wav === 'outdated')
            .map(({ text }) => ({ purpose: purpose.id, text, why: 'wav_outdated' })),
        ),
      ],
    }),
    drafts: {
      of(person) {
        const draft = drafts.latest(person.id);
        return draft && { ...draft, old: draft.base !== inForce()?.policy };
      },
      keep(person, next) {
        const base = drafts.latest(person.id)?.base ?? inForce()?.policy;
        if (!base) throw problem('policy_none');
        drafts.put(person.id, base, next);
      },
      drop(person) {
        for (let one = drafts.latest(person.id); one; one = drafts.latest(person.id)) drafts.drop(one.id);
      },
    },
    voice: {
      keep(wav) {
        // What the box makes of a file is the box's; here whatever begins as a WAV does is one.
        if (Buffer.from(wav).toString('latin1', 0, 4) !== 'RIFF') throw problem('wav_malformed');
        const sha256 = createHash('sha256').update(wav).digest('hex');
        world.voices.set(sha256, Buffer.from(wav));
        return sha256;
      },
      seconds: (sha256) => (world.voices.has(sha256) ? 1.5 : null),
      say: async ({ text, wav }) => (wav === null ? Buffer.from(`RIFF ${text}`) : world.voices.get(wav)!),
    },
    maySign: () => world.maySign,
    sign(person, reason) {
      const draft = drafts.latest(person.id);
      if (!draft) throw draftProblem('draft_gone');
      const policy = { ...draft.next, version: draft.base.version + 1 };
      world.signed.push({ policy, by: person.id, reason });
      services.drafts.drop(person);
      const plan = planOf(policy);
      if (!plan.needsApproval && plan.waitsUntil === null) return apply(policy, null);
      const signed = { policy, hash: hashOf(policy), signer: 'd'.repeat(64), holder: 'desk' as const };
      world.pending = { ...signed, plan, arrivedAt: clock.now(), by: person.id, approval: null };
      return 'pending';
    },
    approve(person, reason, hash) {
      const pending = waiting(hash);
      const approval = { name: person.name, reason, at: clock.now() };
      if (pending.plan.waitsUntil === null) return apply(pending.policy, approval);
      world.pending = { ...pending, approval };
      return 'pending';
    },
    refuse(_person, _reason, hash) {
      waiting(hash);
      world.pending = null;
    },
  };
  return { world, services };
}
