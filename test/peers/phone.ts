/** A phone whose every packet a test decides: registers, calls, answers, rejects, speaks known bytes at known times. */
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import type { DialogId } from '../../appliance/sip/dialog/dialog.ts';
import type { IncomingCall } from '../../appliance/sip/dialog/incoming-call.ts';
import type { Refer } from '../../appliance/sip/dialog/referrals.ts';
import { formatReplaces } from '../../appliance/sip/dialog/replaces.ts';
import type { Session } from '../../appliance/sip/dialog/session.ts';
import type { Target, TransportName } from '../../appliance/sip/transport/flow.ts';
import { userAgent } from '../../appliance/sip/user-agent.ts';
import { type Line, type LineCodecName, openLine } from './line.ts';

export interface PhoneOptions {
  readonly user: string;
  readonly secret: string;
  readonly domain: string;
  /** The box. */
  readonly target: Target;
  /** RTP/AVP in place of SRTP. */
  readonly plainAudio?: boolean;
  readonly codec?: LineCodecName;
  /** Its SRTP names its key in each packet. */
  readonly mki?: boolean;
  /** Where it is; 127.0.0.1 when left out. */
  readonly address?: string;
  /** Keys that are pressed go as events (RFC 4733). */
  readonly keys?: boolean;
  /** Calls whom it is asked to call, as phones of a PBX that only proxies do. */
  readonly obeysRefer?: boolean;
}

/** A call as this phone has it. */
export interface PhoneCall {
  readonly line: Line;
  readonly session: Session;
  /** Resolves when the other side, or the box, ended it. */
  readonly ended: Promise<void>;
  /** The box's descriptions, the newest last: answers, re-offers. */
  readonly said: readonly string[];
  /** Waits for the next re-INVITE of the box; resolves with its SDP, answered already. */
  nextOffer(): Promise<string>;
  hangUp(): void;
}

/** A call that this phone began. */
export interface Dialled {
  /** Resolves on the answer. @throws Refused with the final status. */
  readonly answered: Promise<PhoneCall>;
  /** Statuses on the way, 180 and so on. */
  readonly progress: readonly number[];
  /** What is heard of it, also before the answer. */
  readonly line: Line;
  cancel(): void;
}

export class Refused extends Error {
  readonly status: number;
  /** RFC 3261 20.43: what the phone would show. */
  readonly warning: string | undefined;
  /** RFC 3326. */
  readonly why: string | undefined;
  constructor(status: number, reason: string, headers?: { get(name: string): string | undefined }) {
    super(`${status} ${reason}`);
    this.status = status;
    this.warning = headers?.get('Warning');
    this.why = headers?.get('Reason');
  }
}

/** What to do with a call that comes in. */
export type OnRing = 'answer' | 'ring' | number;

export type Phone = Awaited<ReturnType<typeof openPhone>>;

/** How long a test waits for a call, ms. */
const PATIENCE_MS = 15_000;

const doors = (transport: TransportName, address: string) =>
  transport === 'UDP' ? [{ transport, address, port: 0 }] : [];

function running(line: Line, session: Session, first: string): PhoneCall {
  const said = [first];
  const offers: string[] = [];
  const waiting: ((sdp: string) => void)[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  session.onEnded = () => {
    line.hush();
    resolve();
  };
  session.onReinvite = (reoffer) => {
    if (!reoffer.sdp) return reoffer.accept(line.offer());
    const text = reoffer.sdp.toString();
    said.push(text);
    const mirrored = /^a=sendonly/m.test(text) ? 'recvonly' : /^a=inactive/m.test(text) ? 'inactive' : 'sendrecv';
    reoffer.accept(line.answer(reoffer.sdp, mirrored));
    const next = waiting.shift();
    if (next) next(text);
    else offers.push(text);
  };
  return {
    line,
    session,
    ended,
    said,
    nextOffer: () => {
      const known = offers.shift();
      return known === undefined ? new Promise((done) => waiting.push(done)) : Promise.resolve(known);
    },
    hangUp: () => session.bye(),
  };
}

/** Opens a phone; it is not registered yet. */
export async function openPhone(options: PhoneOptions) {
  const { user, secret, domain, target, plainAudio = false, codec = 'PCMA', mki = false, keys = false } = options;
  const { address: host = '127.0.0.1' } = options;
  let listening: { port: number } | undefined;
  const agent = userAgent({
    listen: doors(target.transport, host),
    clock: systemClock,
    chance: systemChance,
    counters: new Counters(),
    log: silentLog,
    advertised: ({ local }) => ({ host, port: listening?.port ?? local.port }),
    serverName: 'test phone',
  });
  [listening] = await agent.start();
  const address = `<sip:${user}@${domain}>`;
  const credentials = { user, password: secret };
  const lines: Line[] = [];
  const arrived: PhoneCall[] = [];
  const waiting: ((call: PhoneCall) => void)[] = [];
  const ringing: IncomingCall[] = [];
  let registrations = 0;
  let onRing: OnRing = 'answer';
  let rang = () => {};
  let closed = false;

  const newLine = async () => {
    const line = await openLine({ secure: !plainAudio, codec, mki, keys });
    lines.push(line);
    return line;
  };
  /** Calls whom a REFER names, in whose place it names, and tells how that goes (RFC 3515); with the call that comes of it. */
  const obey = async (refer: Refer) => {
    refer.accept();
    const replaces = refer.replaces ? [['Replaces', formatReplaces(refer.replaces)] as const] : [];
    const { answered } = await phone.dial(refer.target.user!, undefined, replaces);
    await answered.then(
      (call) => {
        refer.notify(200);
        arrive(call);
      },
      ({ status }: Refused) => refer.notify(status),
    );
  };
  const begun = (line: Line, session: Session, first: string): PhoneCall => {
    if (options.obeysRefer) session.onRefer = (refer) => void obey(refer);
    return running(line, session, first);
  };
  const arrive = (call: PhoneCall) => {
    const next = waiting.shift();
    if (next) next(call);
    else arrived.push(call);
  };
  const pickUp = async (incoming: IncomingCall) => {
    ringing.splice(ringing.indexOf(incoming), 1);
    const line = await newLine();
    const offer = incoming.sdp!;
    const answer = line.answer(offer);
    // RFC 3891 3: answered, it takes the place of the other call.
    const replaced = incoming.replaces && agent.sessionOf(incoming.replaces);
    arrive(begun(line, incoming.accept(answer), offer.toString()));
    if (replaced?.at === 'confirmed') replaced.session.bye();
    if (replaced?.at === 'early') replaced.call.cancel();
  };
  agent.onInvite = (incoming) => {
    if (typeof onRing === 'number') return incoming.reject(onRing);
    const named = incoming.replaces ? agent.sessionOf(incoming.replaces) : null;
    if (named?.at === 'nowhere') return incoming.reject(named.status);
    incoming.onCancelled = () => ringing.splice(ringing.indexOf(incoming), 1);
    incoming.progress(180);
    ringing.push(incoming);
    rang();
    return onRing === 'answer' ? void pickUp(incoming) : undefined;
  };

  const phone = {
    user,
    agent,
    /** Where it is reached without registration. */
    get port() {
      return listening?.port ?? 0;
    },
    onRing(what: OnRing) {
      onRing = what;
    },
    /** Calls that ring at this phone, not counted those that were withdrawn. */
    get ringing() {
      return ringing.length;
    },
    /** Resolves once this phone rings. */
    async rings(): Promise<void> {
      if (ringing.length > 0) return;
      await new Promise<void>((resolve, reject) => {
        const patience = setTimeout(() => reject(new Error(`${user} did not ring`)), PATIENCE_MS);
        rang = () => {
          clearTimeout(patience);
          resolve();
        };
      });
    },
    /** Answers what rings. */
    pickUp: () => pickUp(ringing[0]!),
    /** The next call that this phone answered. */
    nextCall(): Promise<PhoneCall> {
      const known = arrived.shift();
      return known ? Promise.resolve(known) : new Promise((resolve) => waiting.push(resolve));
    },
    /** Registers; resolves with the final status. `expires` 0 takes it away. */
    async register(expires = 600): Promise<number> {
      const response = await agent.request({
        method: 'REGISTER',
        requestUri: `sip:${domain}`,
        destination: target,
        from: address,
        to: address,
        headers: (flow) => [
          ['Contact', agent.contact(flow, user)],
          ['Expires', String(expires)],
        ],
        credentials,
        callId: `registration-${user}-${listening?.port ?? process.pid}-${process.hrtime.bigint()}`,
        seq: 2 * ++registrations,
      });
      return response.status;
    },
    /** What rings at this phone is known by, as its lamp would tell it. */
    get ringsAs(): DialogId {
      return ringing[0]!.dialogId;
    },
    /** Calls `callee`. `offer`: another description than its own. */
    async dial(
      callee: string,
      offer?: (own: Buffer) => Buffer,
      headers: readonly (readonly [string, string])[] = [],
    ): Promise<Dialled> {
      const line = await newLine();
      const own = line.offer();
      const progress: number[] = [];
      const outgoing = agent.invite({
        requestUri: `sip:${callee}@${domain}`,
        destination: target,
        from: address,
        to: `<sip:${callee}@${domain}>`,
        sdp: offer ? offer(own) : own,
        credentials,
        headers,
      });
      const answered = new Promise<PhoneCall>((resolve, reject) => {
        outgoing.onProgress = ({ status }, sdp) => {
          progress.push(status);
          if (sdp) line.take(sdp);
        };
        outgoing.onFailed = ({ status, reason, response }) => reject(new Refused(status, reason, response?.headers));
        outgoing.onAnswered = (session) => {
          line.take(session.remoteSdp!);
          resolve(begun(line, session, session.remoteSdp!.toString()));
        };
      });
      // Whoever cancels need not wait for the refusal that follows.
      answered.catch(() => {});
      return { answered, progress, line, cancel: () => outgoing.cancel() };
    },
    /** Lets the phone vanish as if its plug were pulled. */
    async close(): Promise<void> {
      if (closed) return;
      closed = true;
      for (const line of lines) line.close();
      await agent.close();
    },
  };
  return phone;
}
