/** Measures on Linux: CPU, memory and dropped datagrams of processes and all that they started. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Ticks of a CPU second in /proc (USER_HZ, 100 on every Linux that Node runs on). */
const TICKS = 100;

interface ProcessStat {
  readonly parent: number;
  /** CPU ms, user and system. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

function statOf(pid: number): ProcessStat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return {
      parent: fields[1]!,
      cpuMs: ((fields[11]! + fields[12]!) * 1000) / TICKS,
      rssBytes: fields[21]! * 4096,
    };
  } catch {
    return null;
  }
}

/** These processes and their descendants. */
function family(roots: readonly number[]): Map<number, ProcessStat> {
  const all = new Map<number, ProcessStat>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    if (stat) all.set(Number(name), stat);
  }
  const found = new Map<number, ProcessStat>();
  const add = (pid: number) => {
    const stat = all.get(pid);
    if (!stat || found.has(pid)) return;
    found.set(pid, stat);
    for (const [child, { parent }] of all) if (parent === pid) add(child);
  };
  for (const root of roots) add(root);
  return found;
}

export interface Load {
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** CPU spent so far, and memory held now. */
export function loadOf(roots: readonly number[]): Load {
  let cpuMs = 0;
  let rssBytes = 0;
  for (const stat of family(roots).values()) {
    cpuMs += stat.cpuMs;
    rssBytes += stat.rssBytes;
  }
  return { cpuMs, rssBytes };
}

/** Datagrams that the kernel dropped at these processes' open UDP sockets, because nobody read them in time. */
export function udpDropsOf(roots: readonly number[]): number {
  const inodes = new Set<string>();
  for (const pid of family(roots).keys()) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
        if (inode) inodes.add(inode);
      }
    } catch {
      // It ended meanwhile, and its sockets with it.
    }
  }
  let drops = 0;
  for (const table of ['/proc/net/udp', '/proc/net/udp6']) {
    for (const line of readFileSync(table, 'latin1').split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      if (inodes.has(columns[9] ?? '')) drops += Number(columns[12]);
    }
  }
  return drops;
}
