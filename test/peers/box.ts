/** A box for one scenario file: its own folder, keys and ports, an announcement that is a tone, and a way to look inside. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AuditEvent } from '@belkluis/shared/audit/event';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import type { PolicyDraft } from '@belkluis/shared/policy/sample';
import { announcementsOf } from '@belkluis/shared/policy/words';
import { openAuditLog } from '../../appliance/audit/log.ts';
import { places } from '../../appliance/config.ts';
import { ask, askStatus } from '../../appliance/control/client.ts';
import type { Question, Status } from '../../appliance/control/protocol.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import { policyFiles } from '../../appliance/policy/store.ts';
import type { Target, TransportName } from '../../appliance/sip/transport/flow.ts';
import type { CallRow, Recording, Search } from '../../appliance/vault/catalogue.ts';
import { openVault, type Vault } from '../../appliance/vault/vault.ts';
import { type BoxPlan, type PreparedBox, prepareBox, startBox } from '../../scripts/demo/box.ts';
import { type RunningProcess, startProcess } from '../../scripts/demo/processes.ts';
import { type OpenedRecording, openRecording } from '../../scripts/tools/open-recording.ts';
import { Baresip, type BaresipOptions } from './baresip.ts';
import { openPhone, type Phone, type PhoneOptions } from './phone.ts';
import { tone, toWav } from './wav.ts';

/** What the announcement sounds like: a tone that no phone speaks. */
export const ANNOUNCEMENT_HZ = 1950;
const ANNOUNCEMENT_S = 1;

const announcementWav = toWav({ rate: 16_000, samples: tone(ANNOUNCEMENT_HZ, ANNOUNCEMENT_S, 16_000) });

/** How long anything of the box may take before a test has failed, ms. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 50;

/** Processes of boxes: none outlives its test, however that ends. */
const alive = new Set<number>();
process.once('exit', () => {
  for (const pid of alive) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
});

export type ScenarioBox = Awaited<ReturnType<typeof scenarioBox>>;

export interface ScenarioPlan extends Omit<BoxPlan, 'folder'> {
  /** Between preparing and starting: what an attacker or an operator does to the files. */
  readonly beforeStart?: (box: PreparedBox) => void | Promise<void>;
}

/** The sample policy, its announcements bound to our tone by its hash where the policy names no files itself. */
export const tonePolicy = (draft: PolicyDraft): PolicyDraft => {
  const sha256 = createHash('sha256').update(announcementWav).digest('hex');
  return {
    ...draft,
    purposes: draft.purposes.map((purpose) => {
      const rules = [null, ...draft.rules.filter((rule) => rule.purpose === purpose.id)];
      const { announcement } = purpose;
      const said = announcement.said.map((spoken, index) => ({
        ...spoken,
        wavs:
          spoken.wavs ??
          rules.map((rule) => ({
            sha256,
            textSha256: announcementsOf(draft, purpose, rule)[index]!.textSha256,
          })),
      }));
      return { ...purpose, announcement: { ...announcement, said } };
    }),
  };
};

/** Ports of this box's media: files that run at the same time keep out of each other's way. */
const mediaPorts = (): [number, number] => {
  const first = 16_100 + (process.pid % 40) * 400;
  return [first, first + 399];
};

/** Prepares and starts a box. `end` with `t.after.always` or the like. */
export async function scenarioBox(plan: ScenarioPlan) {
  const folder = mkdtempSync(join(tmpdir(), 'belkluis-'));
  const { beforeStart, policy, ...rest } = plan;
  const prepared = await prepareBox({
    media: { ports: mediaPorts(), workers: null },
    ...rest,
    folder,
    policy: policy === null ? null : (draft) => tonePolicy(policy?.(draft) ?? draft),
  });
  const { config } = prepared;
  const at = places(config.data);
  const wavFolder = policyFiles(at.policy).wav;
  mkdirSync(wavFolder, { recursive: true });
  writeFileSync(join(wavFolder, `${createHash('sha256').update(announcementWav).digest('hex')}.wav`), announcementWav);
  await beforeStart?.(prepared);
  const started = await startBox(prepared);
  const processes: { call: RunningProcess; desk: RunningProcess } = { call: started.call, desk: started.desk };
  const watch = (name: 'call' | 'desk') => {
    const { pid, ended } = processes[name];
    alive.add(pid);
    void ended.then(() => alive.delete(pid));
  };
  watch('call');
  watch('desk');
  const phones: Phone[] = [];
  const baresips: Baresip[] = [];
  let folders = 0;
  const certificatePath = join(at.identity, 'certificate.pem');

  const box = {
    ...prepared,
    processes,
    at,
    certificatePath,
    /** Where phones reach it. */
    target(transport: TransportName): Target {
      const { tls, plain } = config.sip;
      const port = transport === 'TLS' ? tls : transport === 'UDP' ? plain!.udp! : plain!.tcp!;
      const target = { transport, address: '127.0.0.1', port };
      return transport === 'TLS' ? { ...target, tls: { ca: readFileSync(certificatePath, 'utf8') } } : target;
    },
    async restart(name: 'call' | 'desk'): Promise<void> {
      processes[name] = await startProcess(name, prepared.configPath, prepared.logPath);
      watch(name);
    },
    status: (): Promise<Status | null> => askStatus(at.controlSocket),
    /** Asks something of the recording of a live call, as desk and command line do. */
    steer: (call: string, wish: Question<'steer recording'>['wish']) =>
      ask(at.controlSocket, { ask: 'steer recording', call, wish }),
    /** Looks at the state of the call process until `found` gives something. */
    until<T>(found: (status: Status) => T | null | undefined | false, what: string): Promise<T> {
      return eventually(async () => {
        const status = await box.status();
        return status && found(status);
      }, what);
    },
    vault<T>(look: (vault: Vault) => T): T {
      const vault = openVault(at.vault);
      try {
        return look(vault);
      } finally {
        vault.close();
      }
    },
    recordings: (search: Search = {}): readonly Recording[] =>
      box.vault(({ catalogue }) => catalogue.search(search, 1000, 0).recordings),
    /** The recording of a call between two users, once it has ended. */
    recordingOf: (caller: string, callee: string): Promise<Recording> =>
      eventually(
        async () => box.recordings().find((row) => row.caller === caller && row.callee === callee && row.end !== null),
        `finished recording of ${caller} and ${callee}`,
      ),
    /** Answered calls without a recording. */
    unrecorded: (caller: string, callee: string): Promise<CallRow> =>
      eventually(
        async () =>
          box
            .vault(({ catalogue }) => catalogue.unrecordedCalls(1000))
            .find((row) => row.caller === caller && row.callee === callee),
        `unrecorded call of ${caller} and ${callee}`,
      ),
    /** What the audit log says, oldest first, and whether it holds. */
    audit(): { readonly events: readonly AuditEvent[]; readonly holds: boolean } {
      const { deviceId, publicKey } = openDevice(at.identity, systemChance);
      const log = openAuditLog({ path: at.auditDatabase, deviceId, clock: systemClock, chance: systemChance });
      try {
        const events = log.recent(10_000).flatMap(({ event }) => event ?? []);
        return { events: events.reverse(), holds: log.verify(publicKey).ok };
      } finally {
        log.close();
      }
    },
    open: (id: string): Promise<OpenedRecording> => openRecording(at.vault, id, prepared.custodian),
    log: (): string => readFileSync(prepared.logPath, 'utf8'),
    /** A call between two of the box's phones, spoken on both sides and recorded whole. Returns the recording. */
    async recordedCall(from: string, to: string): Promise<string> {
      const [caller, callee] = await Promise.all([box.phone(from), box.phone(to)]);
      const { answered } = await caller.dial(to);
      const [ours, theirs] = await Promise.all([answered, callee.nextCall()]);
      ours.line.speak();
      theirs.line.speak();
      const id = await box.until(
        ({ calls }) => calls.find((call) => call.from === from)?.recording,
        `a recording of ${from}`,
      );
      const { heard } = ours.line;
      await ours.line.until(() => heard.length > 100);
      ours.hangUp();
      await theirs.ended;
      await eventually(async () => box.vault(({ catalogue }) => catalogue.get(id)?.end), 'the end of the recording');
      await Promise.all([caller.close(), callee.close()]);
      return id;
    },
    /** A phone of ours, registered. */
    async phone(user: string, transport: TransportName = 'TLS', more: Partial<PhoneOptions> = {}): Promise<Phone> {
      const phone = await box.unregistered(user, transport, more);
      const status = await phone.register();
      if (status !== 200) throw new Error(`${user} was not registered: ${status}`);
      return phone;
    },
    async unregistered(
      user: string,
      transport: TransportName = 'TLS',
      more: Partial<PhoneOptions> = {},
    ): Promise<Phone> {
      const { secret = '' } = prepared.phones.get(user) ?? {};
      const target = box.target(transport);
      const phone = await openPhone({ user, secret, domain: config.domain, target, ...more });
      phones.push(phone);
      return phone;
    },
    /** A baresip, registered. */
    async baresip(
      user: string,
      options: Pick<BaresipOptions, 'tone' | 'rate' | 'codecs'> & Partial<BaresipOptions>,
    ): Promise<Baresip> {
      const { secret = '' } = prepared.phones.get(user) ?? {};
      const transport = options.transport ?? 'tls';
      const phone = await Baresip.start({
        user,
        password: secret,
        domain: config.domain,
        box: `127.0.0.1:${box.target(transport.toUpperCase() as TransportName).port}`,
        transport,
        ...(transport === 'tls' ? { mediaEncryption: 'srtp-mand' as const } : {}),
        caFile: certificatePath,
        folder: join(folder, `phones-${++folders}`),
        ...options,
      });
      baresips.push(phone);
      return phone;
    },
    /** Ends phones and processes, and removes everything. */
    async end(): Promise<void> {
      await Promise.all([...phones, ...baresips].map((phone) => ('close' in phone ? phone.close() : phone.stop())));
      await Promise.all([processes.call.stop(), processes.desk.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return box;
}

/** Looks until `find` gives something. @throws Error naming `what` after 20 s. */
export async function eventually<T>(find: () => Promise<T | null | undefined | false>, what: string): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await find();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`there never was: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}
