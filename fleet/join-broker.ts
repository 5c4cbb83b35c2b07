/** The broker that the configuration names: in the process, or by MQTT_URL. */
import { readFileSync } from 'node:fs';
import { checkServerIdentity } from 'node:tls';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Log } from '@belkluis/shared/base/log';
import type { Broker, BrokerNotice } from './broker/broker.ts';
import { openEmbedded } from './broker/embedded/embedded.ts';
import { type FleetIdentity, openExternal } from './broker/external/external.ts';
import type { Config } from './config.ts';
import type { KeyAndChain } from './enrolment/ca.ts';
import type { JoinedBoxes } from './join-boxes.ts';
import type { Rooms } from './open-rooms.ts';

interface Parts {
  readonly config: Config;
  readonly rooms: Pick<Rooms, 'ca' | 'processCa' | 'enrolment'>;
  readonly boxes: JoinedBoxes;
  readonly certificate: KeyAndChain;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Log;
  readonly notice: (notice: BrokerNotice) => void;
}

type ExternalParts = Pick<Parts, 'config' | 'clock' | 'counters' | 'log'> & {
  readonly rooms: Pick<Rooms, 'ca' | 'processCa'>;
};

export interface JoinedBroker {
  readonly broker: Broker;
  /** The fleet's certificate is another, or may be due: new connections get a good one. */
  renewed(certificate: KeyAndChain): Promise<void>;
}

/** A broker beside the fleet: by a certificate for this process, of an authority that signs for nobody else. */
export async function joinExternal({ config, rooms, clock, counters, log }: ExternalParts): Promise<JoinedBroker> {
  const { hosts, mqtt, mqttUrl } = config;
  const authority = mqtt!.authorityFile === null ? rooms.ca.root : readFileSync(mqtt!.authorityFile, 'utf8');
  const identity = async (): Promise<FleetIdentity> => {
    const { key, chain } = await (await rooms.processCa()).issue(mqtt!.process, clock.now());
    return { key, certificate: chain, authority };
  };
  const broker = openExternal({
    url: mqttUrl!,
    identity: await identity(),
    // Its certificate is for where boxes reach it, whatever way the fleet takes.
    identifies: mqtt!.authorityFile === null ? (peer) => checkServerIdentity(hosts[0]!, peer) : undefined,
    counters,
    log,
  });
  return { broker, renewed: async () => broker.renewed(await identity()) };
}

export async function joinBroker(parts: Parts): Promise<JoinedBroker> {
  const { config, rooms, boxes, certificate, clock, counters, log, notice } = parts;
  const { address, ports } = config;
  if (config.mqttUrl !== null) return joinExternal(parts);
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
    notice,
  });
  return { broker, renewed: async (next) => broker.renewed(identityOf(next)) };
}
