/** What the desk's pages ask of policies, joined to how they change: drafts, the desk's signature, decisions, and what was before. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { WholePolicy } from '@belkluis/shared/policy/changes/difference';
import type { Said } from '@belkluis/shared/policy/decide';
import { keyName, signEnvelope } from '@belkluis/shared/policy/dsse';
import { recipientsSchema } from '@belkluis/shared/policy/recipients';
import { POLICY_TYPE, type Policy, policySchema } from '@belkluis/shared/policy/schema';
import { type Drafts, openDrafts } from './drafts/drafts.ts';
import { problem as draftProblem } from './drafts/problems.ts';
import { type DeskKey, readDeskKey } from './identity/desk-key.ts';
import { keepVoice, type PolicyActs, voiceSeconds } from './join-policy.ts';
import type { PendingPolicy, PolicyChanging } from './policy/changing.ts';
import { problem } from './policy/problems.ts';
import { loadTrust, policyFiles } from './policy/store.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import { spoken } from './policy/voice.ts';
import type { Catalogue } from './vault/catalogue.ts';
import type { PolicyServices, SignedPolicy } from './web/policy-services.ts';

/** How long a draft waits for its author, ms: a working day. It holds no secret; what was in force when it was begun is seen before it counts. */
const KEEP_MS = 10 * 3_600_000;

/** How long a policy that the desk signs can be applied, ms: a year, in which somebody looks at it again. */
const VALID_MS = 365 * 86_400_000;

/** A draft knows what it was written against. */
interface Written {
  readonly hash: string;
  readonly policy: Policy;
}

export interface PolicyPagesParts {
  readonly acts: PolicyActs;
  /** Where trust.json is, and where the desk's own key. */
  readonly policyFolder: string;
  readonly identityFolder: string;
  readonly catalogue: Pick<Catalogue, 'callsAfter' | 'previewShortening'>;
  said(): Said;
  /** Appends to the audit log. @throws Problem `audit_failed`: then nothing is done. */
  readonly append: (entry: AuditEntry) => unknown;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** With its list of recipients read; only of a policy that was verified, or a draft on one. */
const wholeOf = (policy: Policy): WholePolicy => ({
  policy,
  recipients: recipientsSchema.parse(JSON.parse(Buffer.from(policy.recipients.payload, 'base64').toString('utf8'))),
});

const signedOf = ({ policy, hash, signer, signerIs }: VerifiedPolicy): SignedPolicy => ({
  policy,
  hash,
  signer,
  holder: signerIs,
});

const pendingOf = ({ policy, plan, arrivedAt, by, approval }: PendingPolicy) => ({
  ...signedOf(policy),
  plan,
  arrivedAt,
  by,
  approval,
});

/** The desk's key, as far as the organisation lets it sign; null: it does not. */
function trustedDeskKey(policyFolder: string, identityFolder: string): DeskKey | null {
  const key = readDeskKey(identityFolder);
  if (!key) return null;
  const name = keyName(key.publicKey);
  const { policyKeys } = loadTrust(policyFolder);
  return policyKeys.some(({ key: trusted, of }) => of === 'desk' && keyName(trusted) === name) ? key : null;
}

export function joinPolicyPages(parts: PolicyPagesParts): PolicyServices & Pick<Drafts<Written>, 'close'> {
  const { acts, policyFolder, identityFolder, catalogue, said, append, clock, chance } = parts;
  const drafts = openDrafts<Written>({ clock, chance, keepMs: KEEP_MS });
  const deskKey = () => trustedDeskKey(policyFolder, identityFolder);
  const versions = () =>
    acts.versions().map(({ policy, since, approval }) => ({ ...signedOf(policy), since, approval }));
  const drop = (person: string) => {
    for (let one = drafts.latest(person); one; one = drafts.latest(person)) drafts.drop(one.id);
  };
  /** The draft as the next policy of this box. The recipients are the customer's: their envelope is taken over as it is. */
  const nextOf = (written: Policy, current: VerifiedPolicy): Policy => {
    const now = clock.now();
    const waits = acts.pending()?.policy.policy.version ?? 0;
    return {
      ...written,
      version: Math.max(current.policy.version, waits) + 1,
      previousHash: current.hash,
      issuedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + VALID_MS).toISOString(),
      recipients: current.policy.recipients,
    };
  };
  const outcomeOf = ({ state }: ReturnType<PolicyChanging['approve']>) => state;
  return {
    inForce() {
      const policy = acts.inForce();
      if (!policy) return null;
      const since = versions().find(({ hash }) => hash === policy.hash)?.since ?? 0;
      return { ...signedOf(policy), since: since === 0 ? null : since };
    },
    versions,
    pending() {
      const pending = acts.pending();
      return pending && pendingOf(pending);
    },
    differences: (before, after) => acts.differences(wholeOf(after), before && wholeOf(before)),
    // No page shows whose calls they were.
    tryOut: (policy) => acts.tryOut(wholeOf(policy), { catalogue, said: said(), numbers: false }),
    drafts: {
      of(person) {
        const draft = drafts.latest(person.id);
        if (!draft) return null;
        const { base, next } = draft;
        return { base: base.policy, next: next.policy, old: base.hash !== acts.inForce()?.hash };
      },
      keep(person, next) {
        const before = drafts.latest(person.id);
        const current = acts.inForce();
        const base = before?.base ?? (current && { hash: current.hash, policy: current.policy });
        if (!base) throw problem('policy_first_is_the_customers');
        drop(person.id);
        drafts.put(person.id, base, { hash: base.hash, policy: next });
      },
      drop: (person) => drop(person.id),
    },
    voice: {
      keep: (wav) => keepVoice(policyFolder, wav).sha256,
      seconds: (sha256) => voiceSeconds(policyFolder, sha256),
      say: (sentence) => spoken(sentence, policyFiles(policyFolder).wav),
    },
    maySign: () => deskKey() !== null,
    sign(person, reason) {
      const draft = drafts.latest(person.id);
      if (!draft) throw draftProblem('draft_gone');
      const current = acts.inForce();
      if (!current || draft.base.hash !== current.hash) throw draftProblem('draft_old');
      const key = deskKey();
      if (!key) throw problem('desk_key_untrusted');
      const policy = policySchema.parse(nextOf(draft.next.policy, current));
      const text = JSON.stringify(signEnvelope(POLICY_TYPE, Buffer.from(JSON.stringify(policy)), [key]));
      // What the box would refuse is not in the log as signed.
      const { policy: signed } = acts.foresee(text);
      append({
        kind: 'policy_signed',
        actor: person.id,
        facts: { policyHash: signed.hash, version: policy.version, signer: signed.signer, reason },
      });
      const outcome = acts.propose(text, person.id);
      drop(person.id);
      return outcomeOf(outcome);
    },
    approve: (person, reason, hash) => outcomeOf(acts.approve({ person: person.id, name: person.name, reason }, hash)),
    refuse: (person, reason, hash) => void acts.refuse({ person: person.id, name: person.name, reason }, hash),
    close: drafts.close,
  };
}
