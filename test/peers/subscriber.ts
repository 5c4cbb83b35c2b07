/** A phone that makes no calls: registers, subscribes, publishes, sends messages, and keeps every request that reaches it as it came. */
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import { challengeAnswer } from '../../appliance/sip/dialog/challenge.ts';
import type { SipRequest, SipResponse } from '../../appliance/sip/message/message.ts';
import { parseNameAddr } from '../../appliance/sip/message/name-addr.ts';
import { formatUri } from '../../appliance/sip/message/uri.ts';
import { sipStack } from '../../appliance/sip/stack.ts';
import type { Flow, Target } from '../../appliance/sip/transport/flow.ts';

type Entries = readonly (readonly [string, string])[];

/** A subscription as the subscriber has it (RFC 6665 4.1). */
export interface Subscription {
  readonly response: SipResponse;
  /** Once more in its dialog; resolves with the status. */
  refresh(expires: number): Promise<number>;
}

interface Asked {
  readonly uri: string;
  readonly to: string;
  readonly fromTag: string;
  readonly callId: string;
  readonly seq: number;
  readonly headers: Entries;
  readonly body?: Buffer;
}

export async function openSubscriber(options: {
  readonly user: string;
  readonly secret: string;
  readonly domain: string;
  readonly target: Target;
}) {
  const { user, secret, domain, target } = options;
  const received: SipRequest[] = [];
  const stack = sipStack(
    {
      listen: [],
      clock: systemClock,
      chance: systemChance,
      counters: new Counters(),
      log: silentLog,
      advertised: ({ local }) => ({ host: '127.0.0.1', port: local.port }),
      serverName: 'test subscriber',
    },
    {
      request(transaction) {
        received.push(transaction.request);
        transaction.respond({ status: 200 });
      },
      ack() {},
      isUrgent: () => false,
      inDialog: () => true,
      passes: () => false,
      refusal: () => null,
      flowClosed() {},
    },
  );
  await stack.start();
  const address = `<sip:${user}@${domain}>`;
  const contact = ({ local }: Flow) => {
    const params = new Map([['transport', 'tls']]);
    return `<${formatUri({ scheme: 'sip', user, host: '127.0.0.1', port: local.port, params, headers: '' })}>`;
  };

  const ask = (method: string, { uri, to, fromTag, callId, seq, headers, body }: Asked): Promise<SipResponse> =>
    new Promise((resolve, reject) => {
      const send = (number: number, challenges: number, answers: Entries) => {
        const draft = (flow: Flow) => ({
          method,
          uri,
          headers: [
            ['From', `${address};tag=${fromTag}`],
            ['To', to],
            ['Call-ID', callId],
            ['CSeq', `${number} ${method}`],
            ['Contact', contact(flow)],
            ...headers,
            ...answers,
          ] as Entries,
          ...(body ? { body } : {}),
        });
        stack.send(draft, target, {
          response(response) {
            if (response.status < 200) return;
            const credentials = { user, password: secret };
            const answer = challengeAnswer(response, { method, uri }, credentials, challenges, systemChance);
            if (answer) send(number + 1, challenges + 1, [answer]);
            else resolve(response);
          },
          failed: (why) => reject(new Error(`${method}: ${why}`)),
        });
      };
      send(seq, 0, []);
    });
  const fresh = () => ({ fromTag: stack.token(), callId: stack.token(), seq: 1 });
  const registration = { callId: stack.token(), fromTag: stack.token() };
  let registrations = 0;

  return {
    user,
    /** Requests that reached it, oldest first. */
    received,
    register: (headers: Entries = []) =>
      ask('REGISTER', {
        ...registration,
        seq: 10 * ++registrations,
        uri: `sip:${domain}`,
        to: address,
        headers: [['Expires', '600'], ...headers],
      }),
    /** Anything that is no dialog: MESSAGE, PUBLISH. */
    send: (method: string, to: string, headers: Entries, body: Buffer) =>
      ask(method, { ...fresh(), uri: `sip:${to}@${domain}`, to: `<sip:${to}@${domain}>`, headers, body }),
    async subscribe(to: string, headers: Entries): Promise<Subscription> {
      const dialog = fresh();
      const uri = `sip:${to}@${domain}`;
      const expires = (seconds: number) => ['Expires', String(seconds)] as const;
      const response = await ask('SUBSCRIBE', { ...dialog, uri, to: `<${uri}>`, headers: [expires(600), ...headers] });
      const routes = response.headers.all('Record-Route').toReversed();
      const remote = parseNameAddr(response.headers.get('Contact') ?? '')?.uri ?? uri;
      let seq = 10;
      return {
        response,
        async refresh(seconds) {
          const within = [...routes.map((route) => ['Route', route] as const), expires(seconds), ...headers];
          seq += 10;
          const said = { ...dialog, seq, uri: remote, to: response.headers.get('To')!, headers: within };
          return (await ask('SUBSCRIBE', said)).status;
        },
      };
    },
    close: () => stack.close(),
  };
}
