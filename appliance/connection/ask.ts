/** SIP itself: whether the other side answers OPTIONS, and takes an account. */
import type { Chance } from '@belkluis/shared/base/chance';
import { type Clock, systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import type { SipResponse } from '../sip/message/message.ts';
import type { Target } from '../sip/transport/flow.ts';
import { type UserAgent, userAgent } from '../sip/user-agent.ts';
import { found, type Step } from './steps.ts';

export interface Account {
  readonly user: string;
  readonly secret: string;
}

interface Asked {
  readonly target: Target;
  /** Domain in the addresses: the host that was given. */
  readonly domain: string;
  /** Our own address, for Via and Contact. */
  readonly address: string;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** How long an answer may take, ms: four sendings over UDP. */
const ANSWER_MS = 8_000;

/** A registration that is given back at once, s. */
const REGISTRATION_S = 60;

const host = (text: string): string => (text.includes(':') ? `[${text}]` : text);

/** An agent for the time of one question. */
async function asking<T>({ target, address, clock, chance }: Asked, ask: (agent: UserAgent) => Promise<T>): Promise<T> {
  const local =
    target.address.includes(':') === address.includes(':') ? address : target.address.includes(':') ? '::' : '0.0.0.0';
  const agent = userAgent({
    listen: target.transport === 'UDP' ? [{ transport: 'UDP', address: local, port: 0 }] : [],
    clock,
    chance,
    counters: new Counters(),
    log: silentLog,
    advertised: (flow) => ({ host: address, port: flow.local.port }),
    serverName: 'Belkluis',
  });
  await agent.start();
  try {
    return await ask(agent);
  } finally {
    await agent.close();
  }
}

const late = (): Promise<'late'> => new Promise((resolve) => systemClock.after(ANSWER_MS, () => resolve('late')));

type Said = SipResponse | 'late' | 'lost';

const answer = (asked: Promise<SipResponse>): Promise<Said> =>
  Promise.race([
    asked.catch((error: { code?: string }) => (error.code === 'no_answer' ? 'late' : 'lost') as Said),
    late(),
  ]);

/** What its Date header says, ms; null: none. */
function dateOf(response: SipResponse): number | null {
  const at = Date.parse(response.headers.get('Date') ?? '');
  return Number.isNaN(at) ? null : at;
}

/** Asks what the other side can (RFC 3261 11). */
export async function tryOptions(asked: Asked): Promise<{ readonly step: Step; readonly date: number | null }> {
  const { target, domain, address, clock } = asked;
  const begun = clock.monotonic();
  const said = await asking(asked, (agent) =>
    answer(
      agent.request({
        method: 'OPTIONS',
        requestUri: `sip:${host(domain)}`,
        destination: target,
        from: `<sip:connection-test@${host(address)}>`,
        to: `<sip:${host(domain)}>`,
        headers: (flow) => [['Contact', agent.contact(flow, 'connection-test')]],
      }),
    ),
  );
  if (said === 'late') return { step: found('options_silent', 'failed', {}), date: null };
  if (said === 'lost') return { step: found('options_lost', 'failed', {}), date: null };
  const { status, reason } = said;
  const date = dateOf(said);
  const ms = Math.round(clock.monotonic() - begun);
  if (status < 300) return { step: found('options_ok', 'ok', { status, reason, ms }), date };
  if (status === 401 || status === 407) return { step: found('options_asks', 'ok', { status }), date };
  // It speaks SIP, but takes nothing from us: a fault of the address list or the domain there.
  return {
    step: found('options_unwilling', status === 403 || status >= 500 ? 'failed' : 'warn', { status, reason }),
    date,
  };
}

/** Registers and takes the registration back at once (RFC 3261 10.2). */
export async function tryRegister(asked: Asked, { user, secret }: Account): Promise<Step> {
  const { target, domain } = asked;
  const said = await asking(asked, async (agent) => {
    const register = (seconds: number, seq: number) =>
      answer(
        agent.request({
          method: 'REGISTER',
          requestUri: `sip:${host(domain)}`,
          destination: target,
          from: `<sip:${user}@${host(domain)}>`,
          to: `<sip:${user}@${host(domain)}>`,
          headers: (flow) => [
            ['Contact', agent.contact(flow, user)],
            ['Expires', String(seconds)],
          ],
          credentials: { user, password: secret },
          seq,
        }),
      );
    const first = await register(REGISTRATION_S, 1);
    if (typeof first === 'object' && first.status < 300) await register(0, 1);
    return first;
  });
  if (typeof said !== 'object') return found('register_silent', 'failed', {});
  const { status, reason } = said;
  if (status < 300) return found('register_ok', 'ok', {});
  if (status === 401 || status === 407) return found('register_credentials', 'failed', {});
  if (status === 404) return found('register_unknown', 'failed', {});
  if (status === 403) return found('register_forbidden', 'failed', { status, reason });
  return found('register_refused', 'failed', { status, reason });
}
