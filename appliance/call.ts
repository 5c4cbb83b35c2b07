/** Composition root of the call process: phones, calls, and what is recorded of them. The map of the process. */
import { mkdirSync } from 'node:fs';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { stderrLog } from '@belkluis/shared/base/log';
import { type CallToDecide, decide, type Said } from '@belkluis/shared/policy/decide';
import { ACCESS_DAYS_WITHOUT_POLICY, generalDays } from '@belkluis/shared/policy/retention';
import { openNetworks } from './access/networks.ts';
import { openPhones } from './access/phones.ts';
import { refuseUnfinished } from './backup/restore.ts';
import { createB2bua } from './calls/b2bua.ts';
import { callsOfPhone } from './calls/calls-of-phone.ts';
import type { Decided } from './calls/decided.ts';
import { userInText } from './calls/numbers.ts';
import type { PbxLine } from './calls/pbx/pbx.ts';
import type { Accounts } from './calls/phones/accounts.ts';
import { authenticator, challenger, userOf } from './calls/phones/authenticate.ts';
import { createPhones } from './calls/phones/phones.ts';
import { createRegistrar } from './calls/phones/registrar.ts';
import { createRouting, type Source } from './calls/routing.ts';
import { createSiprec } from './calls/siprec/siprec.ts';
import { type Config, places, readConfig } from './config.ts';
import { MAX_PHONE_CALLS } from './control/protocol.ts';
import { serveControl } from './control/server.ts';
import { followLines } from './follow-lines.ts';
import { followPolicy } from './follow-policy.ts';
import { openCertificate } from './identity/certificate.ts';
import { openDevice } from './identity/device.ts';
import { acknowledgedByAll } from './join-acknowledgements.ts';
import { answersOn, noteTo } from './join-control.ts';
import { doorsOf, joinPbx } from './join-pbx.ts';
import { namedPeers } from './join-peers.ts';
import { joinTrunks } from './join-trunks.ts';
import { startMediaPool } from './media/pool.ts';
import { beep } from './media/prompts/beep.ts';
import { encodeOpus } from './media/prompts/opus.ts';
import { ringBack } from './media/prompts/ring-back.ts';
import { openLog } from './open-log.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import { followAcknowledgements } from './privacy/follow-acknowledgements.ts';
import { openPrivacy } from './privacy/privacy.ts';
import { hostTestCalls } from './proof/host.ts';
import { testAnnouncement } from './proof/sounds.ts';
import { startSealer } from './recorder.ts';
import { runProcess } from './run-process.ts';
import { capabilities } from './sip/capabilities.ts';
import { openGuard } from './sip/defence/guard.ts';
import { within } from './sip/defence/source.ts';
import { createDigestServer } from './sip/digest/server.ts';
import type { ListenOn } from './sip/transport/flow.ts';
import { userAgent } from './sip/user-agent.ts';
import { speakSentences } from './speak-sentences.ts';
import { openAttempts } from './trace/attempts.ts';
import { openTraces } from './trace/traces.ts';
import { openVault } from './vault/vault.ts';

/** How often a process that cannot record any more looks whether its last call is over, ms. */
const IDLE_LOOK_MS = 1000;

const clock = systemClock;
const chance = systemChance;
const log = stderrLog('call');

/** TLS always; UDP and TCP only while their exception lasts. */
function listeners({ sip, address }: Config, tls: { key: string; cert: string }, now: number): ListenOn[] {
  const listen: ListenOn[] = [{ transport: 'TLS', address, port: sip.tls, tls, requestCertificate: true }];
  if (!sip.plain || Date.parse(sip.plain.until) <= now) return listen;
  if (sip.plain.udp !== undefined) listen.push({ transport: 'UDP', address, port: sip.plain.udp });
  if (sip.plain.tcp !== undefined) listen.push({ transport: 'TCP', address, port: sip.plain.tcp });
  return listen;
}

/** Calls for the PBX's users, and from it. */
const sourceOf = (line: PbxLine): Source => ({
  claims: ({ invite, flow }) => line.claims(invite, flow),
  route: line.route,
});

async function start(config: Config): Promise<() => Promise<void>> {
  const at = places(config.data);
  refuseUnfinished(config.data);
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const counters = new Counters();
  const device = openDevice(at.identity, chance);
  const certificate = await openCertificate({
    folder: at.identity,
    tlsKey: device.tlsKey,
    names: [config.domain, ...config.desk.names],
    addresses: [config.address],
    now: clock.now(),
    chance,
  });
  const { audit } = openLog({ config, device, accessDays: () => ACCESS_DAYS_WITHOUT_POLICY, clock, chance, log });
  // Here, so that a keystore that is an old copy, or whose TPM is gone, is told in a sentence; the sealer could only die of it.
  openVault(at.vault, { tpm: config.tpm, clock, chance }).close();
  const sealer = startSealer(
    {
      vault: at.vault,
      auditDatabase: at.auditDatabase,
      deviceId: device.deviceId,
      tpm: config.tpm,
      reserveBytes: config.disk.reserveBytes,
    },
    { chance, log },
  );
  await sealer.ready;
  const sentences = speakSentences(log);
  const inForce = (next: VerifiedPolicy | null) => {
    sealer.setPolicy(next);
    const answering = next?.policy.purposes.filter(({ consent, mandatory }) => mandatory || consent.mode !== 'inform');
    void sentences.prepare(
      answering?.flatMap(({ announcement }) => announcement.said.map((said) => said.language)) ?? [],
    );
  };
  const policy = await followPolicy({ folder: at.policy, onChange: inForce, log });
  const lines = await followLines(at.lines, log);
  const privacy = openPrivacy(at.privacyDatabase, {
    directory: () => generalDays(policy.inForce()?.policy ?? null, 'directory'),
    request: () => generalDays(policy.inForce()?.policy ?? null, 'request'),
  });
  const { acknowledged, close: stopAcknowledging } = followAcknowledgements(privacy.acknowledgements, { clock, log });
  const said: Said = {
    timeZone: config.timeZone,
    objected: sealer.objects,
    acknowledged: acknowledgedByAll(lines.now, acknowledged),
  };
  const phones = openPhones(at.phonesDatabase, () => generalDays(policy.inForce()?.policy ?? null, 'directory'));
  const media = startMediaPool({
    address: config.address,
    ports: config.media.ports,
    workers: config.media.workers,
    recorderPort: () => sealer.portForWorker(),
    log,
  });
  const tls = { key: certificate.key, cert: certificate.certificate };
  const digest = createDigestServer({ realm: config.domain, clock, chance });
  const peers = namedPeers(() => lines.now().siprec, clock);
  const networks = openNetworks(at.networksDatabase, clock);
  const guard = openGuard({
    clock,
    counters,
    allowed: within(config.sip.allowed),
    peers,
    gave: digest.gave,
    memory: networks,
    onNotKept: (error) => log('bans_not_kept', { why: (error as { code?: string }).code ?? 'unknown' }),
  });
  const traces = openTraces({ clock, chance });
  const attempts = openAttempts({ clock });
  const told = noteTo(attempts);
  const agent = userAgent({
    guard,
    listen: listeners(config, tls, clock.now()),
    clock,
    chance,
    counters,
    log,
    // A connection that we opened leaves from a port that nobody listens on.
    advertised: ({ transport, local }) => ({
      host: config.address,
      port: doorsOf(config, clock.now()).find((door) => door.transport === transport)?.port ?? local.port,
    }),
    serverName: 'Belkluis',
    // What a source may require (RFC 7866 5.1).
    supported: ['siprec'],
    observe: traces.observe,
    unshaken: attempts.noteHandshake,
  });
  const trunks = joinTrunks({ config, lines, userAgent: agent, audit, clock, chance, counters, log });
  const { outside } = trunks;
  const privatePrefix = () => policy.inForce()?.policy.keys.private ?? null;
  const pbx = await joinPbx({
    config,
    lines,
    tlsKey: device.tlsKey,
    userAgent: agent,
    guard,
    told,
    outside,
    privatePrefix,
    clock,
    chance,
    counters,
    log,
  });
  peers.know(trunks, () => pbx.line);
  const tests = hostTestCalls({ clock, announcement: testAnnouncement(), setRecipient: sealer.setTestRecipient });
  const accounts: Accounts = { find: (user) => tests.find(user) ?? phones.find(user) };
  agent.isUrgent = ({ method, uri }) => method === 'INVITE' && outside.isEmergency(userInText(uri) ?? '');
  const isEmergency = agent.isUrgent;
  const authenticate = authenticator({ accounts, digest, guard, clock, counters, isEmergency, told });
  const registrar = createRegistrar({
    authenticate,
    domain: config.domain,
    hosts: [config.address, ...config.desk.names],
    clock,
    told,
  });
  const phoneCalls = createPhones({
    registrar,
    authenticate,
    accounts,
    domain: config.domain,
    clock,
    outside,
    privatePrefix,
  });
  // In the order in which they are asked whether a call is theirs.
  const inbound = trunks.inbound(phoneCalls);
  const sources = (): Source[] => [inbound, ...(pbx.line ? [sourceOf(pbx.line)] : [])];
  const decided = (call: CallToDecide): Decided => {
    const inForce = policy.inForce();
    return { ...decide(inForce, call, said), policyHash: inForce?.hash ?? null };
  };
  const b2bua = createB2bua({
    userAgent: agent,
    routing: createRouting(sources, phoneCalls.route),
    media,
    recorder: sealer,
    decide: (call) => tests.decide(call, policy.inForce()) ?? decided(call),
    manners: {
      announcementOf: (terms) => tests.announcementOf(terms.purpose.id) ?? policy.announcementOf(terms),
      sentence: sentences.of,
      keys: () => policy.inForce()?.policy.keys ?? null,
      beep: beep(encodeOpus),
    },
    ringBack: ringBack(encodeOpus),
    address: config.address,
    ringMs: config.ringSeconds * 1000,
    onLeg: (call, callId) => traces.join(callId, call),
    onOrigins: traces.cameFrom,
    onSteered: sealer.steered,
    onRefused: sealer.callRefused,
    onTransfer(call, transfer) {
      traces.turned(call, transfer);
      sealer.transferred(transfer);
    },
    clock,
    chance,
    counters,
    log,
  });
  const siprec = createSiprec({
    lines: () => lines.now().siprec,
    media,
    recorder: sealer,
    decide: decided,
    address: config.address,
    digest,
    domain: config.domain,
    clock,
    chance,
    counters,
    log,
  });
  const lost = sealer.onLost;
  sealer.onLost = (recording) => siprec.recorderLost(recording) || lost(recording);
  const calls = () => [...b2bua.calls, ...siprec.calls];
  const challenge = challenger({ digest, guard, counters, told });
  agent.onStranger = (request, flow) => {
    if (siprec.handles(request, flow)) return siprec.refusal(request, flow);
    // Many ask from time to time whether we are there.
    if (request.method === 'OPTIONS' && siprec.owns(flow)) return null;
    if (trunks.owns(flow)) return null;
    return pbx.line?.claims(request, flow) ? pbx.line.refusal(request, flow) : challenge(request, flow);
  };
  agent.onInvite = (incoming) => (siprec.handles(incoming.invite, incoming.flow) ? siprec : b2bua).handle(incoming);
  agent.onRequest = ({ request, flow, respond }) => {
    // A carrier or a source asks whether we are there.
    if (request.method === 'OPTIONS' && (trunks.owns(flow) || siprec.owns(flow)))
      return respond({ status: 200, headers: capabilities([]) });
    if (request.method !== 'REGISTER') return respond({ status: 405 });
    const answer = registrar.handle(request, flow);
    const user = userOf(request.headers.get('To'));
    if (answer.status === 200 && user !== null) phones.seen(user, clock.now());
    return respond(answer);
  };
  agent.onFlowClosed = (flow) => {
    registrar.flowClosed(flow);
    pbx.line?.flowClosed(flow);
    trunks.flowClosed(flow);
  };
  const listening = await agent.start();
  trunks.follow();
  lines.onChange = () => {
    trunks.follow();
    pbx.changed();
  };
  const control = await serveControl(
    at.controlSocket,
    {
      'test call': ({ phones: pair, recipient }) => {
        tests.begin({ phones: pair, recipient });
        return { expected: true };
      },
      trunks: trunks.status,
      status: async () => ({
        registered: registrar.registered,
        pbx: pbx.line && { up: pbx.line.up, registered: pbx.line.registered },
        calls: [...b2bua.calls, ...siprec.calls.map((copied) => ({ ...copied, paused: false }))].map(
          ({ facts, recording, paused }) => ({
            id: facts.id,
            from: facts.from,
            to: facts.to,
            startedAt: facts.startedAt,
            recording,
            paused: paused !== false,
          }),
        ),
        counters: { ...counters.snapshot(), ...(await media.counters()) },
        policy: policy.inForce()?.hash ?? null,
        announcementsMissing: [...policy.missing()],
        rss: process.memoryUsage.rss(),
      }),
      'steer recording': async ({ call, wish }) => ({
        became: (await b2bua.calls.find(({ facts }) => facts.id === call)?.steer(wish)) ?? 'no_such_call',
      }),
      'calls of phone': ({ user }) => callsOfPhone(b2bua.calls, user).slice(0, MAX_PHONE_CALLS),
      'sip bans': () => ({ bans: [...guard.bans()], lastDay: guard.lastDay() }),
      'lift sip ban': ({ source }) => ({ lifted: guard.lift(source) }),
      ...answersOn({
        traces,
        attempts,
        registrar,
        phones: phoneCalls,
        pbx: () => pbx.line,
        media,
        unspoken: policy.missing,
        guard,
        userAgent: agent,
        domain: config.domain,
        clock,
      }),
    },
    log,
  );
  // Calls in progress go on unrecorded; with the last of them the process ends, and its supervisor starts a whole one.
  void sealer.lost.then(() => setInterval(() => calls().length === 0 && process.exit(1), IDLE_LOOK_MS));
  process.stdout.write(`${JSON.stringify({ ready: true, listening, fingerprint: certificate.fingerprint })}\n`);

  return async () => {
    traces.close();
    attempts.close();
    policy.close();
    lines.close();
    pbx.close();
    await control.close();
    b2bua.close();
    siprec.close();
    trunks.close();
    await sealer.close();
    await media.close();
    await agent.close();
    guard.close();
    networks.close();
    phones.close();
    stopAcknowledging();
    privacy.close();
    audit.close();
  };
}

await runProcess((configPath) => start(readConfig(configPath)));
