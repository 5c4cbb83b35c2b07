/**
 * What a packet costs a media worker: two-way calls of G.711 on loopback, every packet relayed and tapped, plain and then SRTP on
 * both legs. Another process is the phones. Prints one JSON line; microseconds of CPU per packet received, of the worker's thread
 * alone and of the whole process, over the middle of the run.
 *
 *   node scripts/bench/media.ts [calls] [seconds]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { stderrLog } from '@belkluis/shared/base/log';
import type { PayloadMap } from '../../appliance/media/codec.ts';
import type { MediaCall, MediaDoor } from '../../appliance/media/door.ts';
import type { TapMessage } from '../../appliance/media/frame.ts';
import { startMediaPool } from '../../appliance/media/pool.ts';
import { type Asked, boxKey, PAYLOAD_TYPE, phoneKey } from './media-terms.ts';

const calls = Number(process.argv[2] ?? 100);
const seconds = Number(process.argv[3] ?? 6);
/** The first second is left out: code is compiled and latches close. */
const WARM_UP_S = 1.5;
const pcma: PayloadMap = {
  payloadType: PAYLOAD_TYPE,
  codec: { name: 'PCMA', clockRate: 8000, channels: 1, fmtp: null },
};

/** A recorder that takes everything and keeps nothing. */
function recorderPort() {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', (message: TapMessage) => {
    if ('batch' in message) port1.postMessage({ recording: message.recording, acked: message.batch.byteLength });
  });
  port1.unref();
  return port2;
}

/** CPU that the worker's thread and the whole process have used, microseconds. */
function cpuUs(): { worker: number; process: number } {
  let worker = 0;
  for (const thread of readdirSync('/proc/self/task')) {
    const name = readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim();
    if (name === 'media-0') worker += Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  }
  const { user, system } = process.cpuUsage();
  return { worker: worker / 1000, process: user + system };
}

async function openCall(
  pool: MediaDoor,
  srtp: boolean,
  ports: readonly number[],
): Promise<[MediaCall, number, number]> {
  const call = await pool.openCall();
  const legs = [await call.openLeg(), await call.openLeg()] as const;
  for (const [i, leg] of legs.entries()) {
    leg.configure({
      remote: { address: '127.0.0.1', rtp: ports[i]!, rtcp: ports[i]! },
      receive: [pcma],
      send: [pcma],
      maySend: true,
      mayReceive: true,
      keys: srtp ? { open: phoneKey, seal: boxKey } : null,
    });
  }
  call.join(...legs);
  call.record(`bench-${legs[0].rtpPort}`);
  return [call, legs[0].rtpPort, legs[1].rtpPort];
}

async function run(srtp: boolean) {
  const pool = startMediaPool({
    address: '127.0.0.1',
    ports: [20_000, 20_000 + 8 * calls],
    workers: 1,
    recorderPort,
    log: stderrLog('bench'),
  });
  const child = fork(new URL('./media-phones.ts', import.meta.url));
  const asked: Asked = { phones: 2 * calls, seconds, srtp };
  child.send(asked);
  const [phonePorts] = (await once(child, 'message')) as [number[]];
  const open: MediaCall[] = [];
  const ports: number[] = [];
  for (let i = 0; i < calls; i++) {
    const [call, a, b] = await openCall(pool, srtp, phonePorts.slice(2 * i, 2 * i + 2));
    open.push(call);
    ports.push(a, b);
  }
  const finished = once(child, 'message') as Promise<[{ sent: number; received: number }]>;
  child.send(ports);
  await sleep(WARM_UP_S * 1000);
  const [before, counted] = [cpuUs(), await pool.counters()];
  await sleep((seconds - WARM_UP_S - 0.5) * 1000);
  const [after, recounted] = [cpuUs(), await pool.counters()];
  const [{ sent, received }] = await finished;
  await pool.close();
  const packets = recounted['media.received']! - counted['media.received']!;
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    packets,
    workerUs: round((after.worker - before.worker) / packets),
    processUs: round((after.process - before.process) / packets),
    lost: sent - received,
    dropped: recounted['media.tap_dropped'] ?? 0,
  };
}

const plain = await run(false);
const srtp = await run(true);
console.log(JSON.stringify({ calls, packetsPerSecond: 2 * calls * 50, plain, srtp }));
