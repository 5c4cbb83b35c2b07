/** A recording server with real sockets and a real media worker; only the recorder behind its door is watched. */
import { createSocket } from 'node:dgram';
import { MessageChannel } from 'node:worker_threads';
import { systemChance } from '@belkluis/shared/base/chance';
import { type Clock, systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import type { CallToDecide, Decision } from '@belkluis/shared/policy/decide';
import type { ExecutionContext } from 'ava';
import type { SiprecSource } from '../../../lines/siprec.ts';
import { type Frame, type TapMessage, unpackBatch } from '../../../media/frame.ts';
import { startMediaPool } from '../../../media/pool.ts';
import type { PortRange } from '../../../media/ports.ts';
import type { SrtpSealer } from '../../../media/srtp/sealer.ts';
import { portsFor } from '../../../media/testing/bench.ts';
import { rtp } from '../../../media/testing/peer.ts';
import { sdpOf } from '../../../sip/dialog/body.ts';
import { createDigestServer } from '../../../sip/digest/server.ts';
import type { SipResponse } from '../../../sip/message/message.ts';
import type { TlsMaterial } from '../../../sip/transport/flow.ts';
import { type UserAgent, userAgent } from '../../../sip/user-agent.ts';
import type { NotRecorded } from '../../conversation.ts';
import type { Begun, CallRecord, Recorder, RecordingRequest } from '../../recorder.ts';
import { noObjections } from '../../testing/no-objections.ts';
import { PROBE_MS } from '../limits.ts';
import { createSiprec } from '../siprec.ts';
import { openSource, type SourceOptions } from './source.ts';

const DOMAIN = 'box.example';

export const sbc: SiprecSource = {
  id: 'sbc',
  addresses: ['127.0.0.1'],
  plainUntil: '2999-01-01T00:00:00Z',
  direction: 'inbound',
  unmarked: false,
};

export interface ScenePlan {
  readonly sources?: readonly SiprecSource[];
  readonly decide: (call: CallToDecide) => Decision;
  readonly alternative?: string;
  readonly maxSessions?: number;
  readonly ports?: PortRange;
  /** How long a stream may be silent before that is told, ms. */
  readonly silenceMs?: number;
  /** Listens on TLS with this, and asks for certificates. */
  readonly tls?: TlsMaterial;
}

/** What a recorder would have got of one recording. */
export interface Watched {
  readonly request: RecordingRequest;
  readonly frames: Frame[];
  end: 'finished' | 'broken' | null;
}

export async function scene(t: ExecutionContext, plan: ScenePlan) {
  const recordings: Watched[] = [];
  const records: CallRecord[] = [];
  /** `stall`: what a disk that hangs makes every beginning wait for. */
  const world = {
    unable: null as NotRecorded | null,
    refuse: null as NotRecorded | null,
    stall: Promise.resolve(),
  };
  const wakers = new Set<() => void>();
  const wake = () => {
    for (const waker of wakers) waker();
  };
  const recorderPort = () => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (message: TapMessage) => {
      if ('batch' in message) {
        recordings[Number(message.recording)]!.frames.push(...unpackBatch(message.batch).frames);
        port1.postMessage({ recording: message.recording, acked: message.batch.byteLength });
      }
      wake();
    });
    port1.unref();
    return port2;
  };
  const recorder: Recorder = {
    ...noObjections,
    unable: () => world.unable,
    begin: async (request): Promise<Begun> => {
      await world.stall;
      if (world.refuse) return { ok: false, reason: world.refuse };
      recordings.push({ request, frames: [], end: null });
      setImmediate(wake);
      return { ok: true, recording: String(recordings.length - 1) };
    },
    end(recording, reason) {
      recordings[Number(recording)]!.end = reason;
      wake();
    },
    onLost: () => {},
    callEnded(record) {
      records.push(record);
      wake();
    },
  };
  const counters = new Counters();
  const media = startMediaPool({
    address: '127.0.0.1',
    ports: plan.ports ?? portsFor(16),
    workers: 1,
    recorderPort,
    ...(plan.silenceMs === undefined ? {} : { silence: { initialMs: plan.silenceMs, generalMs: plan.silenceMs } }),
    log: silentLog,
  });
  /** What waits for the next question whether a source still stands. */
  const probes = new Set<() => void>();
  const clock: Clock = {
    ...systemClock,
    after(ms, action) {
      if (ms !== PROBE_MS) return systemClock.after(ms, action);
      probes.add(action);
      return () => void probes.delete(action);
    },
  };
  let port = 0;
  const agent: UserAgent = userAgent({
    listen: [
      plan.tls
        ? { transport: 'TLS', address: '127.0.0.1', port: 0, tls: plan.tls, requestCertificate: true }
        : { transport: 'TCP', address: '127.0.0.1', port: 0 },
    ],
    clock: systemClock,
    chance: systemChance,
    counters,
    log: silentLog,
    advertised: () => ({ host: '127.0.0.1', port }),
    serverName: 'test',
    supported: ['siprec'],
  });
  const siprec = createSiprec({
    lines: () => ({
      sources: [...(plan.sources ?? [sbc])],
      maxSessions: plan.maxSessions ?? 100,
      ...(plan.alternative === undefined ? {} : { alternative: plan.alternative }),
    }),
    media,
    recorder,
    decide: plan.decide,
    address: '127.0.0.1',
    digest: createDigestServer({ realm: DOMAIN, clock: systemClock, chance: systemChance }),
    domain: DOMAIN,
    clock,
    chance: systemChance,
    counters,
    log: silentLog,
  });
  agent.onInvite = (incoming) =>
    siprec.handles(incoming.invite, incoming.flow) ? siprec.handle(incoming) : incoming.reject(480);
  agent.onStranger = (request, flow) => (siprec.handles(request, flow) ? siprec.refusal(request, flow) : null);
  port = (await agent.start())[0]!.port;
  const rtpSocket = createSocket('udp4');
  const sources: Awaited<ReturnType<typeof openSource>>[] = [];
  t.teardown(async () => {
    siprec.close();
    for (const source of sources) source.close();
    rtpSocket.close();
    await agent.close();
    await media.close();
  });

  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        const waker = () => {
          wakers.delete(waker);
          resolve();
        };
        wakers.add(waker);
      });
    }
  };
  let sequence = 0;
  return {
    recordings,
    records,
    world,
    counters,
    siprec,
    until,
    /** Five minutes have gone. */
    probe() {
      for (const action of [...probes]) {
        probes.delete(action);
        action();
      }
    },
    async source(options?: SourceOptions) {
      const source = await openSource(port, options);
      sources.push(source);
      return source;
    },
    /** One packet to each port, told apart by the SSRC; resolves when the worker has seen them. */
    async speak(ports: readonly number[], ssrc: number, payloadType = 0, sealer?: SrtpSealer): Promise<void> {
      const seen = async () => (await media.counters())['media.received'] ?? 0;
      const before = await seen();
      for (const to of ports) {
        const packet = rtp({ sequence: ++sequence, ssrc, payloadType });
        const sealed = Buffer.from(sealer?.sealRtp(packet) ?? packet);
        await new Promise((resolve) => rtpSocket.send(sealed, to, '127.0.0.1', resolve));
      }
      while ((await seen()) < before + ports.length);
    },
  };
}

/** What a description of the server's says, a line for each media section: port, label, direction. */
export const sections = (sdp: Buffer | string): { port: number; label: string | null; direction: string }[] =>
  String(sdp)
    .split(/^m=/m)
    .slice(1)
    .map((section) => ({
      port: Number(/^\S+ (\d+)/.exec(section)![1]),
      label: /^a=label:(.*)\r$/m.exec(section)?.[1] ?? null,
      direction: /^a=(sendrecv|sendonly|recvonly|inactive)\r$/m.exec(section)?.[1] ?? 'none',
    }));

/** Where it hears each stream. */
export const portsOf = (response: SipResponse): number[] => sections(sdpOf(response)!).map(({ port }) => port);
