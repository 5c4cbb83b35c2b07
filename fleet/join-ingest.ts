/** What boxes say, from ingest into the inventory, and what is answered. Nothing is acknowledged before its answer is on its way. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { Problem } from '@belkluis/shared/base/problem';
import { Seldom } from '@belkluis/shared/base/seldom';
import { newUlid } from '@belkluis/shared/base/ulid';
import type { Audit } from '@belkluis/shared/contract/audit';
import { certificate } from '@belkluis/shared/contract/certificate';
import { type Cosignature, cosignature } from '@belkluis/shared/contract/cosignature';
import { type Desired, desired } from '@belkluis/shared/contract/desired';
import { stamp } from '@belkluis/shared/contract/message';
import type { Presence } from '@belkluis/shared/contract/presence';
import type { Response } from '@belkluis/shared/contract/response';
import type { Broker } from './broker/broker.ts';
import type { Enrolment } from './enrolment/enrolment.ts';
import { numbered, type Said, type Store } from './ingest/store.ts';
import type { Fate, Heard } from './inventory/heard.ts';
import type { Writer } from './inventory/writer.ts';
import type { JoinedBoxes } from './join-boxes.ts';
import type { Rooms } from './open-rooms.ts';

/** An answer of the witness, without the id of what it answers. */
export type Witnessed = Cosignature extends infer Answer
  ? Answer extends Cosignature
    ? Omit<Answer, 'answers'>
    : never
  : never;

/** Rooms that are joined where they are there. */
export interface IngestPorts {
  /** Looks at a checkpoint of a box, and remembers it before it answers; null: nothing is answered. May be asked again. */
  readonly witness: (box: string, checkpoint: Audit) => Promise<Witnessed | null>;
  /** The policy that is wanted of a box, with its version; null: none. */
  readonly desired: (box: string) => Promise<{ readonly version: number; readonly policy: Desired } | null>;
  /** The broker has got that policy. */
  readonly answered: (box: string, version: number) => Promise<void>;
  /** A box has reported, and the inventory has it. May be told again, or never: whoever follows looks at the inventory by itself, too. */
  readonly reported: (box: string) => void;
  /** What became of a command. May be told again. */
  readonly responded: (box: string, command: string, response: Response) => Promise<void>;
}

/** None of these rooms is there. */
export const noPorts: IngestPorts = {
  witness: async () => null,
  desired: async () => null,
  answered: async () => {},
  reported: () => {},
  responded: async () => {},
};

/** A box that goes on talking after it was told to go is told so again, ms. */
const KICK_EVERY_MS = 10_000;

interface Parts {
  readonly writer: Pick<Writer, 'take'>;
  readonly identities: Rooms['identities'];
  readonly enrolment: Pick<Enrolment, 'renewConnected' | 'settled'>;
  /** Whether a box that the inventory does not know may be in it; then it is. */
  readonly welcome: JoinedBoxes['welcome'];
  /** The broker is beside the fleet: other processes may hear the same, and it does not tell who shows which certificate. */
  readonly beside: boolean;
  readonly broker: Pick<Broker, 'publish' | 'kick'>;
  readonly ports: IngestPorts;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

/** As the inventory takes it. */
function heardOf(said: Said): Heard {
  const { kind, message, box, digest, receivedAt: heardAt, skewMs } = said;
  const { id, ts, seq } = message;
  const about = { box, id, ts, seq, heardAt, digest, skewMs, numbered: numbered.has(kind) };
  switch (said.kind) {
    case 'presence':
      return { ...about, said: { kind: said.kind, body: said.message.body } };
    case 'reported':
      return { ...about, said: { kind: said.kind, body: said.message.body } };
    case 'health':
      return { ...about, said: { kind: said.kind, body: said.message.body } };
    case 'event':
      return { ...about, said: { kind: said.kind, body: said.message.body } };
    case 'audit':
      return { ...about, said: { kind: said.kind, hours: said.message.body.hours } };
    default:
      return { ...about, said: { kind: 'other' } };
  }
}

const keptOf = {
  stored: 'kept',
  found: 'kept',
  number_taken: 'number_taken',
  seen: 'seen',
  changed: 'changed',
  unknown: 'box_unknown',
} as const;

export function joinIngest(parts: Parts): Store {
  const { writer, identities, enrolment, welcome, beside, broker, ports, clock, chance, log } = parts;
  const seldom = new Seldom(clock, KICK_EVERY_MS);
  let sent = 0;
  const about = () => {
    const ts = stamp(clock.now());
    return { id: newUlid(ts, chance), ts, seq: ++sent };
  };

  async function renew(box: string, answers: string, csr: string): Promise<void> {
    let chain: readonly string[];
    try {
      chain = await enrolment.renewConnected(box, csr);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // The box hears why where it asks next: at the enrolment endpoint.
      return log('renewal_refused', { box, code: error.code });
    }
    const payload = certificate.format({ ...about(), body: { answers, chain: [...chain] } });
    await broker.publish(certificate.topic(box), payload, certificate);
  }

  async function cosign(box: string, answers: string, checkpoint: Audit): Promise<void> {
    const answer = await ports.witness(box, checkpoint);
    if (!answer) return;
    const payload = cosignature.format({ ...about(), body: { ...answer, answers } as Cosignature });
    await broker.publish(cosignature.topic(box), payload, cosignature);
  }

  /** A box that came has an older policy than is wanted: it is told. It subscribes after this; the message is retained. */
  async function reconcile(box: string, has: number | null): Promise<void> {
    const wanted = await ports.desired(box);
    if (!wanted || (has !== null && has >= wanted.version)) return;
    const payload = desired.format({ ...about(), body: wanted.policy });
    await broker.publish(desired.topic(box), payload, desired);
    await ports.answered(box, wanted.version);
  }

  /** A box is there, by a certificate that it names: those before it are worth nothing any more. */
  async function greet(box: string, { certificate: shown, policyVersion }: Presence): Promise<void> {
    if (beside && shown !== undefined) await enrolment.settled(box, shown);
    await reconcile(box, policyVersion);
  }

  /** Again when the message comes again: its answer may have been lost, and twice is no harm. What another process keeps, that one answers. */
  async function follow(said: Said, fate: Fate): Promise<void> {
    if (beside && fate === 'seen' && !said.again) return;
    // Two certificates for one request could end each other on their way: the box asks again.
    if (beside && fate === 'found' && said.kind === 'csr') return;
    if (said.kind === 'csr') return renew(said.box, said.message.id, said.message.body.csr);
    if (said.kind === 'audit') return cosign(said.box, said.message.id, said.message.body);
    if (said.kind === 'reported') return ports.reported(said.box);
    if (said.kind === 'response') return ports.responded(said.box, said.command!, said.message.body);
    if (said.kind === 'presence' && said.message.body.is === 'online') return greet(said.box, said.message.body);
  }

  return {
    async keep(said) {
      let fate = await writer.take(heardOf(said));
      if (fate === 'unknown' && (await welcome(said.box))) fate = await writer.take(heardOf(said));
      if (fate === 'unknown') {
        // Not waited for: it waits for this message.
        if (seldom.due(said.box)) broker.kick(said.box).catch(() => log('kick_failed', { box: said.box }));
      } else if (fate !== 'changed') await follow(said, fate);
      return keptOf[fate];
    },
    skewOf: (box) => identities.skewOf(box),
  };
}
