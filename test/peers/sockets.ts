/** To whom a process is connected, as the kernel has it: `/proc`, nothing that the process says about itself. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

interface KernelSocket {
  readonly inode: string;
  readonly localPort: number;
  readonly address: string;
  readonly port: number;
}

const LISTENS = '0A';

/** `0100007F:1F90`: words in the machine's order, little-endian here. */
function endpointOf(text: string): { address: string; port: number } {
  const [words = '', port = '0'] = text.split(':');
  const bytes = Buffer.from(words, 'hex');
  for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
  const four = bytes.length === 4 ? bytes : bytes.subarray(12);
  const mapped = bytes.length === 4 || bytes.subarray(0, 12).toString('hex') === `${'0'.repeat(20)}ffff`;
  return {
    address: mapped ? four.join('.') : (bytes.toString('hex').match(/.{4}/g) ?? []).join(':'),
    port: Number.parseInt(port, 16),
  };
}

function tableOf(pid: number, name: string): { readonly sockets: KernelSocket[]; readonly listens: number[] } {
  const [sockets, listens]: [KernelSocket[], number[]] = [[], []];
  for (const line of readFileSync(`/proc/${pid}/net/${name}`, 'utf8').trim().split('\n').slice(1)) {
    const [, local = '', remote = '', state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const localPort = endpointOf(local).port;
    if (state === LISTENS) listens.push(localPort);
    else sockets.push({ inode, localPort, ...endpointOf(remote) });
  }
  return { sockets, listens };
}

/** `tcp 127.0.0.1:5432` of each socket that the process itself has opened to somebody, not of those who came to it. */
function peersOf(pid: number): readonly string[] {
  const own = new Set<string>();
  for (const file of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${file}`)) ?? [];
      if (inode) own.add(inode);
    } catch {
      // It was closed meanwhile.
    }
  }
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((name) => {
    const { sockets, listens } = tableOf(pid, name);
    return sockets
      .filter(({ inode, localPort, port }) => own.has(inode) && port !== 0 && !listens.includes(localPort))
      .map(({ address, port }) => `${name.slice(0, 3)} ${address}:${port}`);
  });
}

/** Looks at a process all the time. `end` returns everybody whom it was connected to. */
export function watchPeers(pid: number): { end(): Promise<readonly string[]> } {
  const seen = new Set<string>();
  let looking = true;
  const watching = (async () => {
    for (; looking; await delay(5))
      try {
        for (const peer of peersOf(pid)) seen.add(peer);
      } catch {
        return;
      }
  })();
  return {
    async end() {
      looking = false;
      await watching;
      return [...seen].sort();
    },
  };
}
