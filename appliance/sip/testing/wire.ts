/** A network in memory, turned by hand: UDP between hosts, with a delay, and a rule that loses what a test wants lost. */
import type { ManualClock } from '@belkluis/shared/base/manual-clock';
import { parseMessage } from '../message/parse.ts';
import type { Address, Flow, TransportEvents, Transports } from '../transport/flow.ts';

export interface Packet {
  readonly from: string;
  readonly to: string;
  /** First line of the message. */
  readonly line: string;
  readonly text: string;
}

export interface Wire {
  /** The transports of one host, for `StackOptions.transports`. */
  host(address: string): (events: TransportEvents) => Transports;
  /** Everything that was sent, lost or not, in order. */
  readonly sent: readonly Packet[];
  /** true: this packet is lost. */
  lose: (packet: Packet) => boolean;
  /** A message out of nowhere. */
  inject(from: string, to: string, text: string): void;
}

const PORT = 5060;

export function wire(clock: ManualClock, delayMs = 10): Wire {
  const hosts = new Map<string, TransportEvents>();
  const sent: Packet[] = [];

  const flow = (here: string, remote: Address): Flow => {
    const it: Flow = {
      id: `UDP ${here} ${remote.address}:${remote.port}`,
      transport: 'UDP',
      secure: false,
      peerFingerprint: null,
      local: { address: here, port: PORT },
      remote,
      open: true,
      send(bytes) {
        const host = hosts.get(here);
        if (!host) return;
        carry(here, remote.address, bytes);
        host.sent(bytes, it);
      },
    };
    return it;
  };
  const carry = (from: string, to: string, bytes: Buffer) => {
    const text = bytes.toString('latin1');
    const packet = { from, to, line: text.slice(0, text.indexOf('\r\n')), text };
    sent.push(packet);
    if (network.lose(packet)) return;
    clock.after(delayMs, () => {
      const events = hosts.get(to);
      if (!events) return;
      const message = parseMessage(Buffer.from(bytes));
      const back = flow(to, { address: from, port: PORT });
      if (message.kind === 'unusable') events.unusable(message, back);
      else events.message(message, back);
    });
  };

  const network: Wire = {
    sent,
    lose: () => false,
    inject: (from, to, text) => carry(from, to, Buffer.from(text, 'latin1')),
    host: (address) => (events) => ({
      start() {
        hosts.set(address, events);
        return Promise.resolve([{ transport: 'UDP', address, port: PORT }]);
      },
      close() {
        hosts.delete(address);
        return Promise.resolve();
      },
      flowTo: (target) => flow(address, target),
      insteadOf: () => null,
      renewTls() {},
    }),
  };
  return network;
}
