/** What the call process answers of its calls and phones, joined to the rooms that know it. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { PbxLine } from './calls/pbx/pbx.ts';
import { userOf } from './calls/phones/authenticate.ts';
import type { Phones } from './calls/phones/phones.ts';
import type { Registrar } from './calls/phones/registrar.ts';
import type { ToldOutcome } from './calls/phones/registration-outcome.ts';
import {
  type Answer,
  MAX_TOLD_CALLS,
  MAX_TOLD_PHONES,
  PROBE_MS,
  type Registration,
  type SoundCounts,
  soundCounts,
} from './control/protocol.ts';
import type { Answers } from './control/server.ts';
import type { MediaDoor } from './media/door.ts';
import type { Guard } from './sip/defence/guard.ts';
import type { Flow } from './sip/transport/flow.ts';
import type { UserAgent } from './sip/user-agent.ts';
import type { Attempts } from './trace/attempts.ts';
import type { Traces } from './trace/traces.ts';

interface Parts {
  readonly traces: Pick<Traces, 'calls' | 'messages' | 'idOf'>;
  readonly attempts: Pick<Attempts, 'of' | 'strangers' | 'handshakes'>;
  readonly registrar: Pick<Registrar, 'lookup' | 'registered'>;
  readonly phones: Pick<Phones, 'keyingOf'>;
  readonly pbx: () => Pick<PbxLine, 'phones' | 'keyingOf' | 'up' | 'registered'> | null;
  readonly media: Pick<MediaDoor, 'counters'>;
  /** Purposes whose announcement cannot be made. */
  readonly unspoken: () => readonly { readonly purpose: string }[];
  readonly guard: Pick<Guard, 'bans'>;
  readonly userAgent: Pick<UserAgent, 'request'>;
  readonly domain: string;
  readonly clock: Clock;
}

type Told = 'vitals' | 'calls' | 'trace' | 'registrations' | 'pbx phones' | 'probe phone' | 'attempts';

interface Reachable {
  readonly flow: Flow;
  readonly contact: string;
  readonly expiresAt: number;
}

/** Tries to register are remembered, other requests are not. */
export const noteTo =
  (attempts: Pick<Attempts, 'note'>): ToldOutcome =>
  (outcome, request, { transport, remote }) => {
    if (request.method !== 'REGISTER') return;
    const user = userOf(request.headers.get('To')) ?? '';
    attempts.note({
      user,
      outcome,
      transport,
      address: remote.address,
      agent: request.headers.get('User-Agent') ?? null,
    });
  };

export function answersOn(parts: Parts): Pick<Answers, Told> {
  const { traces, attempts, registrar, phones, pbx, media, unspoken, guard, userAgent, domain, clock } = parts;

  const told = ({ flow: { transport, remote }, expiresAt }: Reachable): Omit<Registration, 'user'> => ({
    transport,
    remote: { address: remote.address, port: remote.port },
    expiresInS: Math.max(0, Math.round((expiresAt - clock.monotonic()) / 1000)),
  });
  const ofBox = (user: string): Reachable[] =>
    registrar.lookup(user).map(({ route, ...rest }) => ({ flow: route, ...rest }));

  /** Asked over the very flow that it registered by, as a call would ring it. */
  const probe = async (phone: Reachable): Promise<Answer<'probe phone'>['phones'][number]> => {
    const begun = clock.monotonic();
    const said = userAgent
      .request({
        method: 'OPTIONS',
        requestUri: phone.contact,
        destination: phone.flow,
        from: `<sip:belkluis@${domain}>`,
        to: `<${phone.contact}>`,
      })
      .then(
        ({ status }) => ({ status, ms: Math.round(clock.monotonic() - begun) }),
        () => null,
      );
    const late = new Promise<null>((resolve) => clock.after(PROBE_MS, () => resolve(null)));
    return { ...told(phone), said: await Promise.race([said, late]) };
  };

  return {
    async vitals() {
      const line = pbx();
      const counted = await media.counters();
      return {
        registered: registrar.registered,
        pbx: line && { up: line.up, registered: line.registered },
        sound: Object.fromEntries(soundCounts.map((name) => [name, counted[`sound.${name}`] ?? 0])) as SoundCounts,
        // One purpose may say several sentences, for rules with other terms.
        unspoken: [...new Set(unspoken().map(({ purpose }) => purpose))],
        rss: process.memoryUsage.rss(),
      };
    },
    calls: () => traces.calls().slice(0, MAX_TOLD_CALLS),
    trace({ call: asked }) {
      const id = traces.idOf(asked);
      const call = traces.calls().find((one) => one.id === id);
      const messages = id === null ? null : traces.messages(id);
      return call && messages ? { call, messages: [...messages] } : null;
    },
    registrations: ({ users }) =>
      users.flatMap((user) => ofBox(user).map((phone) => ({ user, ...told(phone) }))).slice(0, MAX_TOLD_PHONES),
    'pbx phones': () =>
      (pbx()?.phones() ?? [])
        .slice(0, MAX_TOLD_PHONES)
        .map((phone) => ({ user: phone.user, ...told(phone) }))
        .sort((a, b) => a.user.localeCompare(b.user)),
    async 'probe phone'({ user }) {
      const line = pbx();
      const all = [...ofBox(user), ...(line?.phones(user) ?? [])];
      return {
        phones: await Promise.all(all.map(probe)),
        keying: phones.keyingOf(user) ?? line?.keyingOf(user) ?? null,
      };
    },
    attempts: ({ user }) => ({
      attempts: user === null ? [] : [...attempts.of(user)],
      strangers: [...attempts.strangers()],
      handshakes: [...attempts.handshakes()],
      bans: guard.bans().map(({ source, why, until }) => ({ source, why, until })),
    }),
  };
}
