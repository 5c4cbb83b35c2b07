/** One trunk as long as it is configured: where it is, whether it is there, and the box's registration with it. */
import { isIP } from 'node:net';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { Trunk as Settings } from '../../lines/trunk.ts';
import { within } from '../../sip/defence/source.ts';
import type { SipResponse } from '../../sip/message/message.ts';
import { parseNameAddr } from '../../sip/message/name-addr.ts';
import { secondsIn } from '../../sip/message/seconds.ts';
import { parseUri } from '../../sip/message/uri.ts';
import { problem } from '../../sip/problems.ts';
import type { Avoided } from '../../sip/resolve/avoid.ts';
import { knownAddresses } from '../../sip/resolve/known.ts';
import { MIN_LOOK_MS } from '../../sip/resolve/limits.ts';
import { type LocateParts, locateAll } from '../../sip/resolve/locate.ts';
import type { Flow, Target, TransportName } from '../../sip/transport/flow.ts';
import type { UserAgent } from '../../sip/user-agent.ts';
import { hostOf } from '../identity.ts';
import { watchPeer } from '../peer-health.ts';
import { ANSWER_MS } from './limits.ts';
import {
  beginRegistration,
  type Registration,
  type RegistrationFailure,
  type RegistrationInput,
  type Stepped,
  stepRegistration,
} from './registration.ts';

export interface TrunkParts {
  readonly settings: Settings;
  readonly userAgent: Pick<UserAgent, 'request' | 'contact'>;
  readonly locating: LocateParts;
  readonly avoided: Avoided;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Something about it has changed; `why`: for whoever runs the box. */
  readonly told: (event: 'registered' | 'not_registered' | 'up' | 'down', why: string | null) => void;
}

export interface Trunk {
  readonly settings: Settings;
  readonly registration: Registration | null;
  /** False: it does not answer OPTIONS. */
  readonly up: boolean;
  /** Wall clock, ms, of the last word that came from it; null: none yet. */
  readonly heardAt: number | null;
  /** Whether media and signalling may do without encryption at this moment. */
  readonly mayBePlain: boolean;
  /** Its servers, best first, those that failed a moment ago left out. Rejects with Problem `dns_failed`, `name_unknown`. */
  targets(): Promise<readonly Target[]>;
  /** Whether this is an address of its, as it was told or, where it was not, as the DNS says now. */
  comesFrom(address: string): boolean;
  /** Whether a request on this flow is from it. */
  owns(flow: Flow): boolean;
  flowClosed(flow: Flow): void;
  /** A call to it failed for want of an answer: whether it is there is asked at once. */
  doubt(): void;
  /** Asks and registers no more. */
  stop(): void;
  /** The same, and takes the registration away, if there is one. */
  close(): void;
}

const TRANSPORTS = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' } as const satisfies Record<string, TransportName>;

/** What a 200 to a REGISTER grants to our contact: others may be registered beside it (RFC 3261 10.3 step 8). */
function grantedS({ headers }: SipResponse, contact: string): number {
  const own = parseNameAddr(contact)?.uri ?? '';
  const same = (uri: string) => {
    const [a, b] = [parseUri(uri), parseUri(own)];
    return a !== null && b !== null && a.user === b.user && a.host === b.host && a.port === b.port;
  };
  const ours = headers.all('Contact').flatMap((value) => parseNameAddr(value) ?? []);
  const mine = ours.find(({ uri }) => same(uri));
  return secondsIn(mine?.params.get('expires') ?? headers.get('Expires')) ?? (mine ? 3600 : 0);
}

export function runTrunk({ settings, userAgent, locating, avoided, clock, chance, told }: TrunkParts): Trunk {
  const { host, port, account, domain = host } = settings;
  const listed = within(settings.sources);
  const registering = account?.register === true;
  const aor = account && `<sip:${account.user}@${hostOf(domain)}>`;
  const callId = randomHex(chance, 12);
  const resolved = knownAddresses(clock);
  let registration: Registration | null = null;
  let registeredOver: Flow | null = null;
  let contact = '';
  let seq = 0;
  let heardAt: number | null = null;
  let closed = false;
  let stopWaiting: Cancel = () => {};
  let stopLooking: Cancel = () => {};

  const mayBePlain = () => settings.plainUntil !== undefined && Date.parse(settings.plainUntil) > clock.now();

  const found = async () => {
    const transport = settings.transport && TRANSPORTS[settings.transport];
    const located = await locateAll({ host, port, transport, secure: !mayBePlain() }, locating);
    const goodForMs = Math.max(MIN_LOOK_MS, located.goodForMs);
    resolved.saw(located.addresses, goodForMs);
    return { targets: located.targets, goodForMs };
  };
  /** Where its calls come from has to be known before one does, and when it moves. */
  const look = async () => {
    const goodForMs = await found().then(
      (all) => all.goodForMs,
      () => MIN_LOOK_MS,
    );
    if (!closed && goodForMs < Number.POSITIVE_INFINITY) stopLooking = clock.after(goodForMs, () => void look());
  };
  const targets = async (): Promise<readonly Target[]> => {
    const { targets: located } = await found();
    const tls = {
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(settings.ca === undefined ? {} : { ca: settings.ca }),
      ...(settings.certificate === undefined ? {} : { fingerprint: settings.certificate }),
    };
    return avoided.among(located.map((target) => (target.transport === 'TLS' ? { ...target, tls } : target)));
  };

  /** SIP itself waits for 32 s; another server may answer long before. */
  const inTime = <T>(ms: number, answer: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const patience = clock.after(ms, () => reject(problem('no_answer')));
      answer.then(resolve, reject).finally(patience);
    });

  const failureOf = (error: unknown): RegistrationFailure => {
    const code = (error as { code?: string }).code;
    if (code === 'no_answer' || code === 'name_unknown') return code;
    return code === 'dns_failed' ? 'name_unknown' : 'unreachable';
  };

  /** One request to the first server that answers at all. Rejects with the last error. */
  const ask = async (
    method: 'REGISTER' | 'OPTIONS',
    headers: (flow: Flow) => [string, string][],
  ): Promise<SipResponse> => {
    let last: unknown = null;
    for (const target of await targets()) {
      try {
        seq += 2;
        const asked = userAgent.request({
          method,
          requestUri: `sip:${hostOf(domain)}`,
          destination: target,
          from: aor ?? `<sip:${hostOf(domain)}>`,
          to: method === 'REGISTER' ? aor! : `<sip:${hostOf(domain)}>`,
          headers,
          ...(account ? { credentials: { user: account.authUser ?? account.user, password: account.password } } : {}),
          // One registration, one Call-ID (10.2); its CSeq leaves room for the answer to a challenge.
          ...(method === 'REGISTER' ? { callId, seq } : {}),
        });
        const response = await inTime(ANSWER_MS[method], asked);
        heardAt = clock.now();
        if (response.status !== 503) {
          avoided.answered(target);
          return response;
        }
        avoided.failed(target, secondsIn(response.headers.get('Retry-After')));
        last = response;
      } catch (error) {
        avoided.failed(target);
        last = error;
      }
    }
    // It does speak, and says that it takes nothing now.
    if (last !== null && typeof last === 'object' && 'headers' in last) return last as SipResponse;
    throw last;
  };

  // Registration

  const advance = ([next, effect]: Stepped) => {
    const before = registration?.at;
    registration = next;
    if (next.at === 'registered' && before !== 'registered') told('registered', null);
    if (next.at === 'waiting' && before !== 'waiting') told('not_registered', next.why);
    if (!effect) return;
    stopWaiting();
    if (effect.do === 'register') return void register(effect.expiresS);
    const share = chance.bytes(4).readUInt32BE() / 2 ** 32;
    stopWaiting = clock.after(effect.fromMs + share * (effect.toMs - effect.fromMs), () => feed({ on: 'timer' }));
  };
  const feed = (input: RegistrationInput) => {
    if (!closed && registration) advance(stepRegistration(registration, input));
  };
  const register = async (expiresS: number) => {
    const headers = (flow: Flow): [string, string][] => {
      registeredOver = flow;
      contact = userAgent.contact(flow, account!.user);
      return [
        ['Contact', contact],
        ['Expires', String(expiresS)],
      ];
    };
    try {
      const response = await ask('REGISTER', headers);
      const { status } = response;
      const granted = status < 300 ? grantedS(response, contact) : 0;
      const minExpiresS = secondsIn(response.headers.get('Min-Expires'));
      const retryAfterS = secondsIn(response.headers.get('Retry-After'));
      feed({ on: 'answer', status, expiresS: granted, minExpiresS, retryAfterS, nowMs: clock.monotonic() });
    } catch (error) {
      feed({ on: 'no answer', why: failureOf(error) });
    }
  };

  const health =
    settings.optionsSeconds === 0
      ? null
      : watchPeer({
          ask: async () => {
            const { status } = await ask('OPTIONS', () => []);
            if (status === 503) throw new Error('It takes no calls now');
          },
          everyMs: settings.optionsSeconds * 1000,
          clock,
          onChange: (up) => told(up ? 'up' : 'down', null),
        });
  const comesFrom = (address: string) => (settings.sources.length > 0 ? listed(address) : resolved.has(address));
  const stop = () => {
    closed = true;
    stopWaiting();
    stopLooking();
    health?.close();
  };
  if (registering) advance(beginRegistration());
  void look();

  return {
    settings,
    get registration() {
      return registration;
    },
    get up() {
      return health?.up ?? true;
    },
    get heardAt() {
      return heardAt;
    },
    get mayBePlain() {
      return mayBePlain();
    },
    targets,
    owns({ secure, remote, peerFingerprint }) {
      if (!secure && !mayBePlain()) return false;
      const { clientCertificate, certificate, sources } = settings;
      if (clientCertificate !== undefined) {
        const known = peerFingerprint !== null && [clientCertificate, certificate].includes(peerFingerprint);
        if (!known || sources.length === 0) return known;
      }
      return comesFrom(remote.address);
    },
    comesFrom,
    flowClosed(flow) {
      if (registeredOver?.id === flow.id) feed({ on: 'flow closed' });
    },
    doubt: () => health?.doubt(),
    stop,
    close() {
      const bound = !closed && registration?.at === 'registered';
      stop();
      if (bound) {
        const gone = (flow: Flow): [string, string][] => [
          ['Contact', userAgent.contact(flow, account!.user)],
          ['Expires', '0'],
        ];
        ask('REGISTER', gone).catch(() => {});
      }
    },
  };
}
