/** Whether calls can have their UDP ports: some of them are opened and closed again. */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { found, type Step } from './steps.ts';

/** Ports of the range that are tried, spread over it. */
const SAMPLES = 16;

/** Null: it could be had; else the system's code. */
function bindable(address: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.once('error', (error: Error & { code?: string }) => {
      socket.close();
      resolve(error.code ?? 'unknown');
    });
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(null)));
  });
}

export async function tryPorts(address: string, [first, last]: readonly [number, number]): Promise<Step> {
  const span = Math.max(1, Math.floor((last - first) / SAMPLES));
  const ports = Array.from({ length: SAMPLES }, (_, at) => first + at * span).filter((port) => port <= last);
  const refusals = (await Promise.all(ports.map((port) => bindable(address, port)))).filter((code) => code !== null);
  const [code] = refusals.filter((one) => one !== 'EADDRINUSE');
  if (code === 'EADDRNOTAVAIL') return found('ports_not_ours', 'failed', { address });
  if (code !== undefined) return found('ports_failed', 'failed', { code });
  const [tried, taken] = [ports.length, refusals.length];
  if (taken === tried) return found('ports_all_taken', 'failed', { first, last });
  // Calls hold some of them. More than half of the samples are no calls any more.
  return taken * 2 > tried ? found('ports_taken', 'warn', { tried, taken }) : found('ports_ok', 'ok', { tried });
}
