/** A DNS server on loopback that says what a test wants said: A, AAAA, SRV, NAPTR (RFC 1035 4, RFC 2782, RFC 3403). */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

export interface Zone {
  readonly [name: string]: {
    readonly addresses?: readonly string[];
    /** `priority weight port host`. */
    readonly srv?: readonly string[];
    /** `order preference flags service replacement`. */
    readonly naptr?: readonly string[];
    readonly ttl?: number;
  };
}

const TYPES: Readonly<Record<number, 'A' | 'AAAA' | 'SRV' | 'NAPTR'>> = { 1: 'A', 28: 'AAAA', 33: 'SRV', 35: 'NAPTR' };

const u16 = (...numbers: number[]): Buffer => {
  const bytes = Buffer.alloc(2 * numbers.length);
  numbers.forEach((number, index) => void bytes.writeUInt16BE(number, 2 * index));
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter((label) => label !== '')
      .map(text),
    Buffer.from([0]),
  ]);

function ipv6(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return u16(...[...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16)));
}

function recordsOf(zone: Zone[string] | undefined, type: (typeof TYPES)[number]): Buffer[] {
  const addresses = zone?.addresses ?? [];
  switch (type) {
    case 'A':
      return addresses.filter((one) => !isIPv6(one)).map((one) => Buffer.from(one.split('.').map(Number)));
    case 'AAAA':
      return addresses.filter(isIPv6).map(ipv6);
    case 'SRV':
      return (zone?.srv ?? []).map((line) => {
        const [priority, weight, port, host] = line.split(' ');
        return Buffer.concat([u16(Number(priority), Number(weight), Number(port)), nameBytes(host!)]);
      });
    case 'NAPTR':
      return (zone?.naptr ?? []).map((line) => {
        const [order, preference, flags, service, replacement] = line.split(' ');
        const rest = [text(flags!), text(service!), text(''), nameBytes(replacement!)];
        return Buffer.concat([u16(Number(order), Number(preference)), ...rest]);
      });
  }
}

export async function dnsServer(zone: Zone) {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  let answering = true;
  let held = zone;
  socket.on('message', (query, { port, address }) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at]!; length > 0; length = query[at]!) {
      labels.push(query.subarray(at + 1, at + 1 + length).toString());
      at += 1 + length;
    }
    const end = at + 5;
    const name = labels.join('.').toLowerCase();
    const type = TYPES[query.readUInt16BE(at + 1)];
    asked.push(`${type} ${name}`);
    if (!answering || !type) return;
    const known = held[name];
    const records = recordsOf(known, type);
    const ttl = Buffer.alloc(4);
    ttl.writeUInt32BE(known?.ttl ?? 60);
    const answers = records.map((data) =>
      Buffer.concat([u16(0xc00c, query.readUInt16BE(at + 1), 1), ttl, u16(data.length), data]),
    );
    // A response to a recursive query; NXDOMAIN for a name that is nowhere.
    const flags = 0x8580 | (known ? 0 : 3);
    const head = Buffer.concat([query.subarray(0, 2), u16(flags, 1, answers.length, 0, 0)]);
    socket.send(Buffer.concat([head, query.subarray(12, end), ...answers]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    server: `127.0.0.1:${socket.address().port}`,
    /** Questions so far: `SRV _sip._udp.example.net`. */
    asked: asked as readonly string[],
    /** Another zone from now on. */
    say(next: Zone) {
      held = next;
    },
    /** No answer to anything any more. */
    fallSilent() {
      answering = false;
    },
    close: () => socket.close(),
  };
}
