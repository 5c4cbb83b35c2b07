/** Two associations and a network between them that a test can read, lose and forge on; its time is turned by hand. */
import { type Chance, seededChance } from '@belkluis/shared/base/chance';
import type { DtlsFailure } from '../../door.ts';
import type { Source } from '../../latch.ts';
import type { SrtpKey } from '../../srtp/key.ts';
import { Association } from '../association.ts';
import { type Fingerprint, fingerprintOf, type Identity, newIdentity } from '../certificate.ts';

export const phoneAt: Source = { address: '192.0.2.7', port: 4000 };
export const boxAt: Source = { address: '192.0.2.1', port: 6000 };

export interface Side {
  readonly association: Association;
  readonly identity: Identity;
  readonly refused: () => number;
  readonly keys: () => { readonly open: SrtpKey; readonly seal: SrtpKey; readonly from: Source } | null;
  readonly failed: () => DtlsFailure | null;
}

export interface Datagram {
  readonly bytes: Buffer;
  readonly from: Source;
  readonly to: Source;
}

export interface Network {
  readonly phone: Side;
  readonly box: Side;
  readonly now: () => number;
  /** Delivers all that is on its way and what follows from it; `lose` says what gets lost. */
  deliver(lose?: (datagram: Datagram) => boolean): void;
  /** Lets time pass in small steps, delivering what is sent in each. */
  pass(ms: number, lose?: (datagram: Datagram) => boolean): void;
  /** All that was ever sent. */
  readonly sent: readonly Datagram[];
}

export interface NetworkOptions {
  readonly seed?: string;
  readonly phoneRole?: 'client' | 'server';
  /** What each side expects instead of the other's real certificate. */
  readonly boxExpects?: Fingerprint;
  readonly phoneExpects?: Fingerprint;
  readonly phoneIdentity?: Identity;
  readonly phoneFrom?: Source;
}

export function network(options: NetworkOptions = {}): Network {
  const chance: Chance = seededChance(options.seed ?? 'dtls');
  const identities = { phone: options.phoneIdentity ?? newIdentity(chance), box: newIdentity(chance) };
  const phoneRole = options.phoneRole ?? 'client';
  const from = options.phoneFrom ?? phoneAt;
  let now = 0;
  const sent: Datagram[] = [];
  let delivered = 0;

  const side = (name: 'phone' | 'box', at: Source, to: Source, expected: Fingerprint): Side => {
    let refused = 0;
    let keys: ReturnType<Side['keys']> = null;
    let failed: DtlsFailure | null = null;
    const association = new Association(
      {
        role: (name === 'phone') === (phoneRole === 'client') ? 'client' : 'server',
        identity: identities[name],
        expected,
        signalled: to,
        chance,
        send: (bytes, target) => sent.push({ bytes: Buffer.from(bytes), from: at, to: target }),
        onRefused: () => refused++,
        onKeys: (open, seal, where) => {
          keys = { open, seal, from: where };
        },
        onFailed: (why) => {
          failed = why;
        },
      },
      now,
    );
    return { association, identity: identities[name], refused: () => refused, keys: () => keys, failed: () => failed };
  };
  const phone = side('phone', from, boxAt, options.phoneExpects ?? fingerprintOf(identities.box.certificate));
  const box = side('box', boxAt, phoneAt, options.boxExpects ?? fingerprintOf(identities.phone.certificate));

  const deliver: Network['deliver'] = (lose = () => false) => {
    while (delivered < sent.length) {
      const datagram = sent[delivered++]!;
      if (lose(datagram)) continue;
      (datagram.from === boxAt ? phone : box).association.receive(datagram.bytes, datagram.from, now);
    }
  };
  return {
    phone,
    box,
    sent,
    now: () => now,
    deliver,
    pass(ms, lose) {
      for (const end = now + ms; now < end; now += 50) {
        for (const { association } of [phone, box]) association.tick(now);
        deliver(lose);
      }
    },
  };
}
