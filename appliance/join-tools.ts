/** What the desk's pages ask of calls, phones and connections, joined to the call process, the accounts and the test. */

import { MAX_ADDRESS_WAIT_MS } from '@belkluis/shared/access/limits';
import { openThrottle } from '@belkluis/shared/access/throttle';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Phones } from './access/phones.ts';
import { type Config, places } from './config.ts';
import { targetIn } from './connection/target.ts';
import { ask } from './control/client.ts';
import { joinConnection } from './join-connection.ts';
import { joinPhones } from './join-phones.ts';
import type { Acknowledgements } from './privacy/acknowledgements.ts';
import type { Links } from './provisioning/links.ts';
import { createProvisioning, originOf } from './provisioning/provisioning.ts';
import { problem } from './web/problems.ts';
import type { CallServices, ConnectionServices, PhoneServices } from './web/tools-services.ts';

interface Parts {
  readonly config: Config;
  readonly phones: Phones;
  readonly links: Links;
  readonly acknowledgements: Acknowledgements;
  /** PEM of the box's certificate. */
  readonly certificate: string;
  /** Port on which the desk serves. */
  readonly deskPort: () => number;
  /** Appends to the audit log. @throws Problem `audit_failed`: then nothing is done. */
  readonly append: (entry: AuditEntry) => void;
  readonly clock: Clock;
  readonly chance: Chance;
}

export function joinTools(parts: Parts): {
  readonly calls: CallServices;
  readonly phones: PhoneServices;
  readonly connection: ConnectionServices;
} {
  const { config, append } = parts;
  return {
    calls: joinCalls(places(config.data).controlSocket, append),
    phones: joinPhonePages(parts),
    connection: joinTests(parts),
  };
}

const joinCalls = (socket: string, append: Parts['append']): CallServices => ({
  async now() {
    const [status, recent] = await Promise.all([ask(socket, { ask: 'status' }), ask(socket, { ask: 'calls' })]);
    return status && recent ? { live: status.calls, counters: status.counters, recent } : null;
  },
  trace: (call) => ask(socket, { ask: 'trace', call }),
  noteNumbers: (person, calls) => append({ kind: 'calls_viewed', actor: person.id, facts: { calls } }),
  noteTrace: (person, call, numbers) => append({ kind: 'trace_viewed', actor: person.id, facts: { call, numbers } }),
  async steer({ id, token }, call, wish) {
    append({ kind: 'steering_asked', actor: id, facts: { call, wish, ...(token !== undefined && { token }) } });
    return (await ask(socket, { ask: 'steer recording', call, wish }))?.became ?? null;
  },
  ofPhone: (user) => ask(socket, { ask: 'calls of phone', user }),
  noteRefused: ({ id, name }, why) => append({ kind: 'token_refused', actor: id, facts: { token: id, name, why } }),
});

function joinPhonePages(parts: Parts): PhoneServices {
  const { config, phones, links, acknowledgements, certificate, deskPort, append, clock, chance } = parts;
  const server = { domain: config.domain, host: config.address, port: config.sip.tls };
  const acts = joinPhones({ phones, links, acknowledgements, append, realm: config.domain, clock, chance });
  const provisioning = createProvisioning({
    links,
    accounts: acts.accounts,
    append,
    box: server,
    origin: () => originOf(config.address, deskPort()),
    throttle: openThrottle(clock, MAX_ADDRESS_WAIT_MS),
  });
  return {
    server,
    certificate,
    async now() {
      const all = phones.list();
      const users = all.map(({ user }) => user);
      const registrations = await ask(places(config.data).controlSocket, { ask: 'registrations', users });
      return { phones: all, registrations, waiting: provisioning.waiting() };
    },
    attempts: (user) => ask(places(config.data).controlSocket, { ask: 'attempts', user }),
    add: (person, user, plainUntil) => acts.add(user, plainUntil, person.id),
    remove: (person, user) => acts.remove(user, person.id),
    offer: (person, asked) => provisioning.offer(asked, person.id),
    fetch: provisioning.fetch,
  };
}

/** One test at a time: each opens sockets and waits for others. */
function joinTests({ config, phones, certificate, append, clock, chance }: Parts): ConnectionServices {
  const exceptionOf = (user: string) => phones.find(user)?.plainUntil ?? null;
  const test = joinConnection({ config, exceptionOf, clock, chance, append });
  let running = false;
  const alone = async <T>(run: () => Promise<T>): Promise<T> => {
    if (running) throw problem('test_running');
    running = true;
    try {
      return await run();
    } finally {
      running = false;
    }
  };
  return {
    box: () => alone(() => test.box(certificate)),
    to(person, target, account) {
      const tried = targetIn(target);
      return alone(() => test.to(tried, account ? { account } : {}, person.id));
    },
    trunk: (person, id) => alone(() => test.trunk(id, person.id)),
    pbx: (person) => alone(() => test.pbx(person.id)),
    phone: (person, user) => alone(() => test.phone(user, person.id)),
  };
}
