/** What the machine was told at install. Not policy: nothing here decides what is recorded. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { problemsOf } from '@belkluis/shared/base/problem';
import { isTimeZone } from '@belkluis/shared/base/time-zone';
import { z } from 'zod';

const problem = problemsOf({
  config_unreadable: 'The configuration file cannot be read. Check its path and that it is JSON.',
  config_invalid:
    'The configuration file says something that the box does not understand. Correct the field named here.',
});

/** Where an installed box has its configuration. */
export const CONFIG_PATH = '/etc/belkluis/box.json';

/** RFC 3261 16.6: timer C is longer than three minutes; nobody waits longer than that. */
const DEFAULT_RING_S = 180;

const port = z.number().int().min(0).max(65535);
const address = z.string().refine((text) => isIP(text) !== 0, 'must be an IP address');
/** An address, or a network as `192.0.2.0/24`. */
const range = z.string().refine((text) => {
  const [first = '', bits] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(first)] ?? -1;
  return bits === undefined ? most > 0 : /^\d{1,3}$/.test(bits) && Number(bits) <= most && text.split('/').length === 2;
}, 'must be an IP address or a network such as 192.0.2.0/24');

/**
 * UDP and TCP without TLS are closed unless they are opened here, and only until a date: a phone that cannot do TLS is an
 * exception with an end. Each phone needs its own exception besides (`phones add --plain-until`).
 */
const plainSchema = z.strictObject({
  udp: port.optional(),
  tcp: port.optional(),
  until: z.iso.datetime({ offset: true }),
});

const destinationName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes');
/** Where it stands, ISO 3166-1 alpha-2: a policy's `regions` decide whether anything may be kept there (GDPR 44). */
const country = z.string().regex(/^[A-Z]{2}$/, 'must be a country code such as NL');
const absolutePath = z.string().regex(/^\//, 'must be an absolute path');

/** Where backups go. Secrets are files of their own, readable by the box's user alone, never part of this one. */
const destinationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('directory'), name: destinationName, country, path: absolutePath }),
  z.strictObject({
    kind: z.literal('sftp'),
    name: destinationName,
    country,
    host: z.string().min(1).max(253),
    port: port.default(22),
    user: z.string().min(1).max(64),
    /** OpenSSH private key. */
    privateKeyFile: absolutePath,
    /** `SHA256:…`, as `ssh-keygen -l` prints it: another server is not spoken to. */
    hostKey: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must be a SHA256: fingerprint of the host key'),
    path: absolutePath,
  }),
  z.strictObject({
    kind: z.literal('s3'),
    name: destinationName,
    country,
    /** `https://host[:port]`; plain http only to loopback. */
    endpoint: z.url(),
    region: z.string().min(1).max(40),
    bucket: z.string().min(3).max(63),
    prefix: z.string().max(200).default(''),
    accessKeyId: z.string().min(1).max(128),
    secretKeyFile: absolutePath,
  }),
]);

export type DestinationConfig = z.infer<typeof destinationSchema>;

const backupSchema = z.strictObject({
  /** Time between two backups: what is lost when the box is. */
  everyMinutes: z.number().int().min(5).max(1440).default(60),
  /** Most that a backup sends, bytes a second, so that calls keep the line; null: no limit. */
  bytesPerSecond: z.number().int().min(10_000).nullable().default(null),
  destinations: z
    .array(destinationSchema)
    .min(1)
    .max(8)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
      message: 'names a destination twice',
    }),
});

/** Least that the disk keeps free for the audit log, the purge and the databases, bytes: an hour of both with room. */
const MIN_RESERVE_BYTES = 64 * 1024 ** 2;
const DEFAULT_RESERVE_BYTES = 1024 ** 3;

const configSchema = z.strictObject({
  /** Everything the box keeps. */
  data: z.string().min(1),
  /** SIP domain of the phones, and the digest realm. */
  domain: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/),
  /** Address that phones reach the box at: listened on, and written into Contact and SDP. */
  address,
  sip: z.strictObject({
    tls: port,
    plain: plainSchema.nullable(),
    /** Addresses and networks (`192.0.2.0/24`) that are never limited nor banned: an SBC with many phones behind it, a monitor. */
    allowed: z.array(range).max(64).default([]),
  }),
  /** DNS servers that trunks are looked up with, `192.0.2.53` or `192.0.2.53:5353`; the machine's own when empty. */
  dns: z
    .array(
      z.string().regex(/^(\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?|\[?[0-9A-Fa-f:]+\]?(:\d{1,5})?)$/, 'must be an IP address'),
    )
    .max(4)
    .default([]),
  /** How long phones ring before the caller is told that nobody answered. */
  ringSeconds: z.number().int().min(10).max(600).default(DEFAULT_RING_S),
  media: z.strictObject({
    /** First and last UDP port for audio; each call needs four. */
    ports: z.tuple([z.number().int().min(1024), z.number().int().max(65535)]).refine(([from, to]) => to - from >= 16, {
      message: 'must leave room for 4 calls at least',
    }),
    /** Threads that carry audio; null: one per core but one. */
    workers: z.number().int().min(1).max(64).nullable(),
  }),
  desk: z.strictObject({
    port,
    /** DNS names that people type to reach the desk: they go into its certificate. */
    names: z.array(z.string().min(1)).max(16),
  }),
  /** Whether the box calls itself once a day to prove that calls are recorded. False only where something else proves it. */
  testCalls: z.boolean().default(true),
  backup: backupSchema.nullable().default(null),
  /**
   * Where the box remembers the head of its audit log, outside `data`: another disk, or a file system that backups of `data` do not
   * touch. An old copy of `data` put back is then refused. Null: only a TPM notices.
   */
  witnessFolder: absolutePath.nullable().default(null),
  disk: z
    .strictObject({ reserveBytes: z.number().int().min(MIN_RESERVE_BYTES) })
    .default({ reserveBytes: DEFAULT_RESERVE_BYTES }),
  /** What the epoch key of the keystore is sealed to: a TPM 2.0 by its TCTI (`device:/dev/tpmrm0`), or null: a file. Counts when the keystore is made. */
  tpm: z.string().min(1).max(200).nullable().default(null),
  /** IANA time zone in which rules and pages tell the time. */
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone such as Europe/Amsterdam'),
});

/** The whole configuration, checked. */
export type Config = z.infer<typeof configSchema>;

/** Checks a configuration. @throws Problem `config_invalid` naming the field. */
export function checkConfig(value: unknown): Config {
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw problem('config_invalid', `${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  return { ...parsed.data, data: resolve(parsed.data.data) };
}

/** Reads the configuration file at `path`. @throws Problem `config_unreadable`, `config_invalid`. */
export function readConfig(path: string): Config {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw problem('config_unreadable', path, cause);
  }
  return checkConfig(value);
}

/** Where things lie below the data directory. */
export const places = (data: string) => ({
  identity: join(data, 'identity'),
  policy: join(data, 'policy'),
  /** Empty: whoever changes policies holds it meanwhile. */
  policyLock: join(data, 'policy-lock.db'),
  /** Its PBX, trunks and SIPREC sources. */
  lines: join(data, 'lines', 'lines.json'),
  vault: join(data, 'vault'),
  auditDatabase: join(data, 'audit.db'),
  accessDatabase: join(data, 'access.db'),
  phonesDatabase: join(data, 'phones.db'),
  /** Acknowledged notices, versions of the register. */
  privacyDatabase: join(data, 'privacy.db'),
  /** Networks that SIP does not listen to, and those where phones are. */
  networksDatabase: join(data, 'networks.db'),
  provisioningDatabase: join(data, 'provisioning.db'),
  /** What phones and trunks have used of the day. */
  tollDatabase: join(data, 'toll.db'),
  /** Keys, certificate and state of the connection with a fleet. */
  enrolmentDatabase: join(data, 'enrolment.db'),
  /** What waits for the fleet, and which commands it gave. */
  uplinkDatabase: join(data, 'uplink.db'),
  backupDatabase: join(data, 'backup.db'),
  /** Where a drill restores to. Emptied when it ends. */
  scratch: join(data, 'scratch'),
  controlSocket: join(data, 'call.sock'),
  /** Where the desk answers the command line. */
  deskSocket: join(data, 'desk.sock'),
});
