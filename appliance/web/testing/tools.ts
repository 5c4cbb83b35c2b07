/** Calls, phones and connections for a desk under test: real traces, accounts and links; what the network would say is the test's. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openThrottle } from '@belkluis/shared/access/throttle';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { systemChance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { openPhones } from '../../access/phones.ts';
import { found, type Tested } from '../../connection/steps.ts';
import { targetIn } from '../../connection/target.ts';
import type { AttemptsTold, PhoneCall, Registration } from '../../control/protocol.ts';
import { openLinks } from '../../provisioning/links.ts';
import { createProvisioning } from '../../provisioning/provisioning.ts';
import { call } from '../../trace/testing/messages.ts';
import { openTraces } from '../../trace/traces.ts';
import type { CallServices, CallsNow, ConnectionServices, PhoneServices, Steered } from '../tools-services.ts';

const REALM = 'box.test';
export const CALL = 'ca11'.repeat(8);

export function testTools({ clock, append }: { clock: Clock; append: (entry: AuditEntry) => void }) {
  const folder = mkdtempSync(join(tmpdir(), 'desk-tools-'));
  const phones = openPhones(join(folder, 'phones.db'));
  const links = openLinks(join(folder, 'provisioning.db'), { clock, chance: systemChance });
  const traces = openTraces({ clock, chance: systemChance });
  const world = {
    running: true,
    steered: 'paused' as Steered,
    live: [] as CallsNow['live'],
    ofPhone: [] as readonly PhoneCall[],
    counters: { 'calls.started': 12, 'calls.challenged': 40, 'sip.new_counter': 3 } as Record<string, number>,
    registrations: [] as Registration[],
    attempts: { attempts: [], strangers: [], handshakes: [], bans: [] } as AttemptsTold,
    tested: [
      {
        about: 'pbx.example',
        steps: [
          found('name_ok', 'ok', { host: 'pbx.example', found: 'TLS 192.0.2.9:5061' }),
          found('connect_ok', 'ok', { target: '192.0.2.9:5061', ms: 3 }),
          found('tls_other_name', 'failed', { host: 'pbx.example', names: 'other.example' }),
          found('clock_unkept', 'warn', {}),
        ],
      },
    ] as readonly Tested[],
    asked: [] as string[],
  };
  /** A call with all its messages is seen and joined. */
  const traceCall = () => {
    for (const [direction, bytes, flow] of call) traces.observe(direction, bytes, flow);
    traces.join('caller-2147@192.0.2.10', CALL);
    traces.join('callee', CALL);
  };
  const provisioning = createProvisioning({
    links,
    accounts: {
      ensure: (user) => {
        if (!phones.find(user))
          phones.add({ user, realm: REALM, plainUntil: 0, now: clock.now(), chance: systemChance });
      },
      renew: (user) => phones.renew(user, REALM, systemChance),
    },
    append,
    box: { domain: REALM, host: '192.0.2.1', port: 5061 },
    origin: () => 'https://192.0.2.1:8443',
    throttle: openThrottle(clock, 60_000),
  });
  const calls: CallServices = {
    now: async () => (world.running ? { live: world.live, counters: world.counters, recent: traces.calls() } : null),
    async trace(asked) {
      const id = traces.idOf(asked);
      const one = traces.calls().find((traced) => traced.id === id);
      const messages = id === null ? null : traces.messages(id);
      return world.running && one && messages ? { call: one, messages } : null;
    },
    noteNumbers: (person, count) => append({ kind: 'calls_viewed', actor: person.id, facts: { calls: count } }),
    noteTrace: (person, id, numbers) =>
      append({ kind: 'trace_viewed', actor: person.id, facts: { call: id, numbers } }),
    async steer({ id, token }, call, wish) {
      append({ kind: 'steering_asked', actor: id, facts: { call, wish, ...(token !== undefined && { token }) } });
      return world.running ? world.steered : null;
    },
    ofPhone: async () => (world.running ? world.ofPhone : null),
    noteRefused: ({ id, name }, why) => append({ kind: 'token_refused', actor: id, facts: { token: id, name, why } }),
  };
  const phoneServices: PhoneServices = {
    server: { domain: REALM, host: '192.0.2.1', port: 5061 },
    certificate: '-----BEGIN CERTIFICATE-----\n',
    now: async () => ({
      phones: phones.list(),
      registrations: world.running ? world.registrations : null,
      waiting: provisioning.waiting(),
    }),
    attempts: async (user) =>
      world.running ? { ...world.attempts, attempts: user === null ? [] : world.attempts.attempts } : null,
    add(person, user, plainUntil) {
      append({ kind: 'phone_added', actor: person.id, facts: { phone: user, plainUntil } });
      return phones.add({ user, realm: REALM, plainUntil, now: clock.now(), chance: systemChance });
    },
    remove(person, user) {
      append({ kind: 'phone_removed', actor: person.id, facts: { phone: user } });
      phones.remove(user);
    },
    offer: (person, asked) => provisioning.offer(asked, person.id),
    fetch: provisioning.fetch,
  };
  const connection: ConnectionServices = {
    box: async () => world.tested.map((one) => ({ ...one, about: null })),
    async to(_person, target, account) {
      targetIn(target);
      world.asked.push(`${target} ${account?.user ?? ''}`.trim());
      return world.tested;
    },
    async trunk(_person, id) {
      world.asked.push(`trunk ${id}`);
      return world.tested;
    },
    async pbx() {
      world.asked.push('pbx');
      return world.tested;
    },
    async phone(_person, user) {
      world.asked.push(`phone ${user}`);
      return world.tested;
    },
  };
  return { world, phones, traces, traceCall, services: { calls, phones: phoneServices, connection } };
}
