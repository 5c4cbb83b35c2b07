/** A box for tests of calls: real sockets and real media workers, phones of ours; only the recorder behind its door is watched. */
import { generateKeyPairSync } from 'node:crypto';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import type { Consent } from '@belkluis/shared/policy/consent';
import { type CallToDecide, type Decision, decide, type Said } from '@belkluis/shared/policy/decide';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import type { Purpose } from '@belkluis/shared/policy/purpose';
import { samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import type { Sentence } from '@belkluis/shared/policy/sentences';
import { said as everybodyTold } from '@belkluis/shared/policy/testing/said';
import type { Prompt } from '../../media/door.ts';
import { startMediaPool } from '../../media/pool.ts';
import { openGuard } from '../../sip/defence/guard.ts';
import { ha1Of } from '../../sip/digest/algorithm.ts';
import { createDigestServer } from '../../sip/digest/server.ts';
import type { Flow } from '../../sip/transport/flow.ts';
import { type UserAgent, userAgent } from '../../sip/user-agent.ts';
import { createB2bua } from '../b2bua.ts';
import type { PolicyKeys } from '../box-voice.ts';
import type { NotRecorded } from '../conversation.ts';
import type { Decided } from '../decided.ts';
import { userInText } from '../numbers.ts';
import type { Account } from '../phones/accounts.ts';
import { authenticator } from '../phones/authenticate.ts';
import { createPhones, type Outside } from '../phones/phones.ts';
import { createRegistrar } from '../phones/registrar.ts';
import type { Begun, CallRecord, Recorder } from '../recorder.ts';
import type { Route } from '../route.ts';
import type { Transfer } from '../transfer/origin.ts';
import { noManners } from './no-manners.ts';
import { noObjections } from './no-objections.ts';

export const DOMAIN = 'box.test';
export const ADDRESS = '127.0.0.1';
const SOMEBODY = `<sip:x@${DOMAIN}>`;
const notRecorded: Decision = { record: false, reason: 'no_rule', trafficDays: 7 };

const signer = generateKeyPairSync('ed25519');

/** What a policy says of a call that is recorded for complaints. `change`: of that purpose. */
export function recorded(
  mandatory: boolean,
  change: (purpose: Purpose) => Purpose = (purpose) => purpose,
  said: Said = everybodyTold,
): Decision {
  const { purposes, ...rest } = withRecipients(
    samplePolicy(new Date()),
    signEnvelope('t', Buffer.from('{}'), [signer]),
  );
  const policy = { ...rest, purposes: purposes.map((purpose) => change({ ...purpose, mandatory })) };
  return decide(
    { policy, hash: '0'.repeat(64) },
    { id: '1', from: 'anna', to: 'ben', direction: 'internal', at: 0 },
    said,
  );
}

function agentOn(port: () => number): UserAgent {
  return userAgent({
    listen: [{ transport: 'UDP', address: ADDRESS, port: 0 }],
    clock: systemClock,
    chance: systemChance,
    counters: new Counters(),
    log: silentLog,
    advertised: () => ({ host: ADDRESS, port: port() }),
    serverName: 'test',
  });
}

async function started(): Promise<{ agent: UserAgent; port: number }> {
  let port = 0;
  const agent = agentOn(() => port);
  const [listening] = await agent.start();
  port = listening!.port;
  return { agent, port };
}

export type TestBox = Awaited<ReturnType<typeof testBox>>;
export type TestPhone = Awaited<ReturnType<TestBox['phone']>>;

/** `maxCalls`: calls at once. `help`: whose phone rings for 112, as a call to the outside. */
interface TestBoxOptions {
  readonly plain?: boolean;
  readonly maxCalls?: number;
  readonly help?: string;
}

export async function testBox(ports: readonly [number, number], options: TestBoxOptions = {}) {
  const { plain = true, maxCalls, help } = options;
  const accounts = new Map<string, Account>(
    ['anna', 'ben', 'carol', 'dirk'].map((user) => [
      user,
      {
        user,
        ha1: ha1Of('MD5', user, DOMAIN, 'secret'),
        plainUntil: plain || user === help ? Number.MAX_SAFE_INTEGER : 0,
      },
    ]),
  );
  const counters = new Counters();
  const records: CallRecord[] = [];
  /** What happens to recordings, in order: `begin anna ben`, `end anna ben finished`. */
  const recordings: string[] = [];
  /** What became of transfers, in order. */
  const transfers: Transfer[] = [];
  /** What recordings began with as evidence, and objections to them, in order. */
  const consents: Consent[] = [];
  /** Sentences that were to be said, in order. */
  const sentences: Sentence[] = [];
  const begun = new Map<string, string>();
  const world: {
    decide: (call: CallToDecide) => Decided;
    unable: NotRecorded | null;
    begin: Begun;
    /** A recording begins when it resolves. */
    stall: (() => Promise<void>) | null;
    announcement: Prompt | null;
    ringBack: Prompt | null;
    keys: PolicyKeys | null;
  } = {
    decide: () => notRecorded,
    unable: null,
    begin: { ok: false, reason: 'no_recipient' },
    stall: null,
    announcement: null,
    ringBack: null,
    keys: null,
  };
  const recorder: Recorder = {
    ...noObjections,
    unable: () => world.unable,
    async begin({ call: { id, from, to }, consents: told = [] }) {
      await world.stall?.();
      if (!world.begin.ok) return world.begin;
      const recording = `recording of ${id}`;
      begun.set(recording, `${from} ${to}`);
      recordings.push(`begin ${from} ${to}`);
      consents.push(...told);
      return { ok: true, recording };
    },
    async object(recording, consent) {
      recordings.push(`object ${begun.get(recording)}`);
      consents.push(consent);
      return { did: 'erased' };
    },
    end: (recording, reason) => void recordings.push(`end ${begun.get(recording)} ${reason}`),
    onLost: () => {},
    callEnded: (record) => records.push(record),
  };
  const { agent, port } = await started();
  const media = startMediaPool({ address: ADDRESS, ports, workers: 1, recorderPort: () => null, log: silentLog });
  const digest = createDigestServer({ realm: DOMAIN, clock: systemClock, chance: systemChance });
  const known = { find: (user: string) => accounts.get(user) ?? null };
  const guard = openGuard({ clock: systemClock, counters });
  const isHelp = (dialled: string | null) => help !== undefined && dialled === '112';
  const authenticate = authenticator({
    accounts: known,
    digest,
    guard,
    clock: systemClock,
    counters,
    isEmergency: ({ method, uri }) => method === 'INVITE' && isHelp(userInText(uri)),
  });
  const registrar = createRegistrar({ authenticate, domain: DOMAIN, hosts: [ADDRESS], clock: systemClock });
  const outside: Outside = {
    isEmergency: isHelp,
    async call({ as, dialled }) {
      if (!isHelp(dialled)) return { ok: false, refusal: { status: 404 } };
      const branches = phones.branchesOf(help!, { from: SOMEBODY, contactUser: 'x', headers: [] });
      const stages = [{ branches, next: 'always' as const }];
      const route: Route = { ...as, to: '112', direction: 'outbound', emergency: true, stages, refusals: 'own' };
      return { ok: true, route };
    },
  };
  const phones = createPhones({
    registrar,
    authenticate,
    accounts: known,
    domain: DOMAIN,
    clock: systemClock,
    outside,
  });
  const b2bua = createB2bua({
    userAgent: agent,
    routing: phones.route,
    ...(maxCalls === undefined ? {} : { maxCalls }),
    media,
    recorder,
    decide: (call) => world.decide(call),
    manners: {
      ...noManners,
      announcementOf: () => world.announcement && { prompt: world.announcement, hash: world.announcement.id },
      keys: () => world.keys,
      async sentence(sentence) {
        sentences.push(sentence);
        return null;
      },
    },
    get ringBack() {
      return world.ringBack;
    },
    address: ADDRESS,
    ringMs: 60_000,
    onTransfer: (_, transfer) => transfers.push(transfer),
    clock: systemClock,
    chance: systemChance,
    counters,
    log: silentLog,
  });
  agent.onInvite = (incoming) => b2bua.handle(incoming);
  agent.onRequest = ({ request, flow, respond }) => respond(registrar.handle(request, flow));
  const target = { transport: 'UDP' as const, address: ADDRESS, port };
  const agents: UserAgent[] = [];
  const phone = async (user: string) => {
    const { agent: own } = await started();
    agents.push(own);
    const credentials = { user, password: 'secret' };
    const identity = `<sip:${user}@${DOMAIN}>`;
    type Headers = readonly (readonly [string, string])[];
    const request = (method: string, headers: Headers | ((flow: Flow) => Headers)) =>
      own.request({
        method,
        requestUri: `sip:${DOMAIN}`,
        destination: target,
        from: identity,
        to: identity,
        headers,
        credentials,
      });
    const register = () => request('REGISTER', (flow) => [['Contact', own.contact(flow, user)]]);
    const dial = (to: string, sdp: Buffer | null, from = identity, headers: Headers = []) =>
      own.invite({
        requestUri: `sip:${to}@${DOMAIN}`,
        destination: target,
        from,
        to: `<sip:${to}@${DOMAIN}>`,
        sdp,
        credentials,
        headers,
      });
    return { agent: own, register, dial, ask: request };
  };
  return {
    world,
    records,
    recordings,
    consents,
    sentences,
    /** The recorder can take no more of anything. */
    loseAll: () => {
      for (const recording of begun.keys()) recorder.onLost(recording);
    },
    live: () => b2bua.calls,
    transfers,
    counters,
    phone,
    calls: () => b2bua.calls.length,
    async close() {
      b2bua.close();
      await Promise.all(agents.map((own) => own.close()));
      await media.close();
      await agent.close();
    },
  };
}

export const sdp = (port: number, lines: readonly string[] = [], connection = ADDRESS): Buffer =>
  Buffer.from(
    [
      'v=0',
      'o=- 1 1 IN IP4 127.0.0.1',
      's=-',
      `c=IN IP4 ${connection}`,
      't=0 0',
      `m=audio ${port} RTP/AVP 8`,
      'a=rtpmap:8 PCMA/8000',
      ...lines,
      '',
    ].join('\r\n'),
  );
