/** A phone built on Belkluis's own SIP and media: registers, calls or answers, speaks a prompt, keeps what it hears. For proofs and demos. */
import { MessageChannel } from 'node:worker_threads';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import type { PayloadMap } from '../media/codec.ts';
import type { MediaCall, MediaLeg, Prompt } from '../media/door.ts';
import { type Frame, type TapCredit, type TapMessage, unpackFrames } from '../media/frame.ts';
import { startMediaPool } from '../media/pool.ts';
import { describeAnswer, makeAnswer } from '../media/sdp/answer.ts';
import { preferredCrypto } from '../media/sdp/crypto.ts';
import { writeSdp } from '../media/sdp/description.ts';
import { legGeneration } from '../media/sdp/generation.ts';
import { describeOffer, makeOffer } from '../media/sdp/offer.ts';
import { commonPayloads } from '../media/sdp/payloads.ts';
import { newSrtpKey } from '../media/srtp/key.ts';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import type { Session } from '../sip/dialog/session.ts';
import type { Target } from '../sip/transport/flow.ts';
import { userAgent } from '../sip/user-agent.ts';

export interface PhoneOptions {
  readonly user: string;
  readonly secret: string;
  readonly domain: string;
  /** The box. */
  readonly box: Target;
  /** What it says, over and over while the call lasts. */
  readonly speak: Prompt;
  /** Its own address. */
  readonly address: string;
  /** UDP ports for its audio. */
  readonly ports: readonly [number, number];
}

/** A call as this phone has it. */
export interface PhoneCall {
  /** Resolves when the other side, or the box, ended it. */
  readonly ended: Promise<void>;
  hangUp(): void;
  /** What arrived so far, in its order. */
  heard(): readonly Frame[];
  /** Frees its media. */
  close(): Promise<void>;
}

export interface ProofPhone {
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

export async function openProofPhone(options: PhoneOptions): Promise<ProofPhone> {
  const { user, secret, domain, box, speak, address } = options;
  const chance = systemChance;
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
    serverName: 'Belkluis phone',
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
      heard: () => heard.get(id) ?? [],
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
