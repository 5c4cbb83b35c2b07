/** The broker that the configuration names: in the process, or by MQTT_URL. */
import { readFileSync } from 'node:fs';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Log } from '@belkluis/shared/base/log';
import type { Broker } from './broker/broker.ts';
import { openEmbedded } from './broker/embedded/embedded.ts';
import { openExternal } from './broker/external/external.ts';
import type { Config } from './config.ts';
import type { KeyAndChain } from './enrolment/ca.ts';
import type { JoinedBoxes } from './join-boxes.ts';
import type { Rooms } from './open-rooms.ts';

interface Parts {
  readonly config: Config;
  readonly rooms: Pick<Rooms, 'ca' | 'enrolment'>;
  readonly boxes: JoinedBoxes;
  readonly certificate: KeyAndChain;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Log;
}

export interface JoinedBroker {
  readonly broker: Broker;
  /** New connections get this certificate. */
  renewed(certificate: KeyAndChain): void;
}

export async function joinBroker({
  config,
  rooms,
  boxes,
  certificate,
  clock,
  counters,
  log,
}: Parts): Promise<JoinedBroker> {
  const { address, ports, mqtt, mqttUrl } = config;
  if (mqttUrl !== null) {
    const [key, own, authority] = [mqtt!.keyFile, mqtt!.certificateFile, mqtt!.authorityFile].map((file) =>
      readFileSync(file, 'utf8'),
    );
    const identity = { key: key!, certificate: own!, authority: authority! };
    return { broker: openExternal({ url: mqttUrl, identity, counters, log }), renewed: () => {} };
  }
  const identityOf = ({ key, chain }: KeyAndChain) => ({ key, certificate: chain, boxAuthority: rooms.ca.boxIssuers });
  const broker = await openEmbedded({
    clock,
    counters,
    identity: identityOf(certificate),
    listen: { host: address, port: ports.mqtt },
    webSocket: ports.webSocket === null ? null : { host: address, port: ports.webSocket },
    mayConnect: (box, serial) => boxes.admit(box, serial),
    connected(box, serial) {
      rooms.enrolment.settled(box, serial).catch(() => log('settle_failed', { box }));
    },
    notice: ({ code, box }) => log('notice', { code, box }),
  });
  return { broker, renewed: (next) => broker.renewed(identityOf(next)) };
}
