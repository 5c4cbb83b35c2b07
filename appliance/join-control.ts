/** What the call process answers of its calls and phones, joined to the rooms that know it. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Registrar } from './calls/registrar.ts';
import { MAX_TOLD_CALLS, MAX_TOLD_PHONES } from './control/protocol.ts';
import type { Answers } from './control/server.ts';
import type { Traces } from './trace/traces.ts';

interface Parts {
  readonly traces: Pick<Traces, 'calls' | 'messages'>;
  readonly registrar: Pick<Registrar, 'lookup'>;
  readonly clock: Clock;
}

export const answersOn = ({ traces, registrar, clock }: Parts): Pick<Answers, 'calls' | 'trace' | 'registrations'> => ({
  calls: () => traces.calls().slice(0, MAX_TOLD_CALLS),
  trace({ call: id }) {
    const call = traces.calls().find((one) => one.id === id);
    const messages = traces.messages(id);
    return call && messages ? { call, messages: [...messages] } : null;
  },
  registrations: ({ users }) =>
    users
      .flatMap((user) =>
        registrar.lookup(user).map(({ route: { transport, remote }, expiresAt }) => ({
          user,
          transport,
          remote: { address: remote.address, port: remote.port },
          expiresInS: Math.max(0, Math.round((expiresAt - clock.monotonic()) / 1000)),
        })),
      )
      .slice(0, MAX_TOLD_PHONES),
});
