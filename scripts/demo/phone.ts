/** A phone built on Belkluis's own SIP and media: registers, calls or answers, speaks a WAV file, keeps what it hears. */
import { MessageChannel } from 'node:worker_threads';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import type { PayloadMap } from '../../appliance/media/codec.ts';
import type { MediaCall, MediaLeg, Prompt } from '../../appliance/media/door.ts';
import { type Frame, type TapCredit, type TapMessage, unpackFrames } from '../../appliance/media/frame.ts';
import { startMediaPool } from '../../appliance/media/pool.ts';
import { decodePcma } from '../../appliance/media/prompts/g711.ts';
import { describeAnswer, makeAnswer } from '../../appliance/media/sdp/answer.ts';
import { preferredCrypto } from '../../appliance/media/sdp/crypto.ts';
import { writeSdp } from '../../appliance/media/sdp/description.ts';
import { legGeneration } from '../../appliance/media/sdp/generation.ts';
import { describeOffer, makeOffer } from '../../appliance/media/sdp/offer.ts';
import { commonPayloads } from '../../appliance/media/sdp/payloads.ts';
import { newSrtpKey } from '../../appliance/media/srtp/key.ts';
import type { IncomingCall } from '../../appliance/sip/dialog/incoming-call.ts';
import type { Session } from '../../appliance/sip/dialog/session.ts';
import type { Target } from '../../appliance/sip/transport/flow.ts';
import { userAgent } from '../../appliance/sip/user-agent.ts';

export interface PhoneOptions {
  readonly user: string;
  readonly secret: string;
  readonly domain: string;
  /** The box. */
  readonly box: Target;
  /** What it says, over and over. */
  readonly speak: Prompt;
  /** UDP ports for its audio. */
  readonly ports: readonly [number, number];
}

/** A call as this phone has it. */
export interface PhoneCall {
  /** Resolves when the other side, or the box, ended it. */
  readonly ended: Promise<void>;
  hangUp(): void;
  /** What was heard so far: mono, 8 kHz, by arrival. */
  heard(): Int16Array;
  /** Frees its media. */
  close(): Promise<void>;
}

export interface DemoPhone {
  /** @throws Error with the status when the box refuses. */
  register(): Promise<void>;
  dial(user: string): Promise<PhoneCall>;
  /** The next call, answered. */
  answer(): Promise<PhoneCall>;
  close(): Promise<void>;
}

const RATE = 8000;
const codecs: readonly PayloadMap[] = [
  { payloadType: 8, codec: { name: 'PCMA', clockRate: RATE, channels: 1, fmtp: null } },
  { payloadType: 101, codec: { name: 'telephone-event', clockRate: RATE, channels: 1, fmtp: '0-15' } },
];
const SUITE = 'AES_CM_128_HMAC_SHA1_80';

/** Lays frames on a line by their arrival; what is missing is silence. */
function laidOut(frames: readonly Frame[]): Int16Array {
  const voice = frames.filter(({ codec }) => codec === 'PCMA');
  const first = voice[0]?.arrivedUs ?? 0;
  const at = ({ arrivedUs }: Frame) => Math.round(((arrivedUs - first) / 1e6) * RATE);
  const line = new Int16Array(voice.length === 0 ? 0 : at(voice.at(-1)!) + RATE);
  let cursor = 0;
  for (const frame of voice) {
    const samples = decodePcma(frame.payload);
    // Packets of one stream follow each other without a seam, however the network spaced them.
    const start = Math.abs(at(frame) - cursor) < RATE / 10 ? cursor : at(frame);
    line.set(samples.subarray(0, Math.max(0, line.length - start)), Math.min(start, line.length));
    cursor = start + samples.length;
  }
  return line.subarray(0, cursor);
}

export async function openDemoPhone(options: PhoneOptions): Promise<DemoPhone> {
  const { user, secret, domain, box, speak } = options;
  const chance = systemChance;
  const address = '127.0.0.1';
  const heard = new Map<string, Frame[]>();
  const media = startMediaPool({
    address,
    ports: options.ports,
    workers: 1,
    log: silentLog,
    recorderPort() {
      const { port1, port2 } = new MessageChannel();
      port2.on('message', (message: TapMessage) => {
        if ('end' in message) return;
        heard.get(message.recording)?.push(...unpackFrames(message.batch));
        const credit: TapCredit = { recording: message.recording, acked: message.batch.byteLength };
        port2.postMessage(credit);
      });
      port2.unref();
      return port1;
    },
  });
  const agent = userAgent({
    listen: [],
    clock: systemClock,
    chance,
    counters: new Counters(),
    log: silentLog,
    advertised: ({ local }) => ({ host: address, port: local.port }),
    serverName: 'Belkluis demo phone',
  });
  await agent.start();
  const identity = `<sip:${user}@${domain}>`;
  const credentials = { user, password: secret };
  let calls = 0;

  const begin = (call: MediaCall, leg: MediaLeg, session: Session): PhoneCall => {
    const id = `${user}-${++calls}`;
    heard.set(id, []);
    call.record(id);
    let over = false;
    const talk = async () => {
      while (!over && (await leg.play(speak)) === 'ended');
    };
    void talk();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    session.onEnded = () => {
      over = true;
      leg.stopPlaying();
      resolve();
    };
    return {
      ended,
      hangUp: () => session.bye(),
      heard: () => laidOut(heard.get(id) ?? []),
      async close() {
        await call.stopRecording();
        await call.close();
      },
    };
  };
  const sessionId = () => String(chance.bytes(6).readUIntBE(0, 6));

  const accept = async (incoming: IncomingCall): Promise<PhoneCall> => {
    const offered = describeOffer(incoming.sdp ?? Buffer.alloc(0));
    const line = offered.refusal ? null : preferredCrypto(offered.media.crypto);
    if (offered.refusal || !line) {
      incoming.reject(488);
      throw new Error('the box offered no SRTP');
    }
    const call = await media.openCall();
    const leg = await call.openLeg();
    const seal = newSrtpKey(line.key.suite, chance);
    const common = commonPayloads(offered.media.payloads, codecs);
    const answer = makeAnswer({
      offer: offered.description,
      taken: [{ media: offered.media, port: leg.rtpPort, codecs: common, crypto: { tag: line.tag, key: seal } }],
      address,
      sessionId: sessionId(),
      version: 1,
    });
    leg.configure(legGeneration(common, offered.media, { open: line.key, seal }));
    return begin(call, leg, incoming.accept(writeSdp(answer)));
  };

  return {
    async register() {
      const response = await agent.request({
        method: 'REGISTER',
        requestUri: `sip:${domain}`,
        destination: box,
        from: identity,
        to: identity,
        headers: (flow) => [['Contact', agent.contact(flow, user)]],
        credentials,
      });
      if (response.status !== 200) throw new Error(`${user} is not registered: ${response.status} ${response.reason}`);
    },
    async dial(callee) {
      const call = await media.openCall();
      const leg = await call.openLeg();
      const key = newSrtpKey(SUITE, chance);
      const offer = makeOffer({
        address,
        port: leg.rtpPort,
        codecs,
        direction: 'sendrecv',
        crypto: [{ tag: 1, key }],
        sessionId: sessionId(),
        version: 1,
      });
      return new Promise((resolve, reject) => {
        const outgoing = agent.invite({
          requestUri: `sip:${callee}@${domain}`,
          destination: box,
          from: identity,
          to: `<sip:${callee}@${domain}>`,
          sdp: writeSdp(offer),
          credentials,
        });
        outgoing.onFailed = ({ status, reason }) => reject(new Error(`the call failed: ${status} ${reason}`));
        outgoing.onAnswered = (session) => {
          const answer = session.remoteSdp ? describeAnswer(offer, session.remoteSdp) : 'malformed';
          if (typeof answer === 'string') {
            session.bye();
            return reject(new Error(`the answer cannot be used: ${answer}`));
          }
          leg.configure(legGeneration(codecs, answer.media, answer.keys));
          return resolve(begin(call, leg, session));
        };
      });
    },
    answer: () =>
      new Promise((resolve, reject) => {
        agent.onInvite = (incoming) => {
          agent.onInvite = (next) => next.reject(486);
          incoming.progress(180);
          accept(incoming).then(resolve, reject);
        };
      }),
    async close() {
      await media.close();
      await agent.close();
    },
  };
}
