/** What the machine was told at install. Secrets are not in it: the databases' and brokers' URLs come from the environment, keys from files. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { problemsOf } from '@belkluis/shared/base/problem';
import { parseNet } from '@belkluis/shared/base/public-address';
import { isTimeZone } from '@belkluis/shared/base/time-zone';
import { z } from 'zod';
import { complianceSchema } from './compliance/configuration.ts';

const problem = problemsOf({
  config_unreadable: 'The configuration file cannot be read. Check its path and that it is JSON.',
  config_invalid:
    'The configuration file or the environment says something that the fleet does not understand. Correct the field named here.',
});

/** Where an installed fleet has its configuration. */
export const CONFIG_PATH = '/etc/belkluis/fleet.json';

/** A fleet's processes at a broker beside it: closed, so that its access file has them all from the beginning. */
export const processNames = ['fleet', ...Array.from({ length: 8 }, (_, at) => `fleet-${at + 2}` as const)] as const;

const port = z.number().int().min(1).max(65535);
const absolutePath = z.string().regex(/^\//, 'must be an absolute path');
const host = z
  .string()
  .refine(
    (text) => isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(text),
    'must be a name or an address',
  );

const fileSchema = z.strictObject({
  /** Everything the fleet keeps but its database, if that is elsewhere. */
  data: z.string().min(1),
  /** Names and addresses at which boxes reach the fleet, as its certificate has them. Boxes are told the first. */
  hosts: z.array(host).min(1).max(16),
  /** Address that is listened on. */
  address: z.string().refine((text) => isIP(text) !== 0, 'must be an IP address'),
  ports: z.strictObject({
    /** MQTT over TLS. */
    mqtt: port,
    /** MQTT over WebSocket, for networks that let nothing else out; null: nowhere. */
    webSocket: port.nullable(),
    /** HTTPS: enrolment. */
    enrolment: port,
    /** HTTPS: the console; null: nowhere. */
    console: port.nullable().default(null),
    /** HTTP on 127.0.0.1 alone: metrics and probes; null: nowhere. */
    metrics: port.nullable().default(null),
  }),
  /** Null: at the first of `hosts`, with a certificate of the fleet's own. */
  console: z
    .strictObject({
      /** Where browsers reach it, and what passkeys are bound to: when it changes, all passkeys are lost. */
      origin: z.string().regex(/^https:\/\/[a-z0-9.-]{1,253}(:\d{1,5})?$/, 'must be as https://fleet.example'),
      /** PEM; null: a certificate of the fleet's own, which browsers know only when they were told its root. */
      keyFile: absolutePath.nullable().default(null),
      /** PEM: the certificate, then those that vouch for it. Read again each day. */
      certificateFile: absolutePath.nullable().default(null),
    })
    .nullable()
    .default(null),
  /** Names of identity providers that stand inside the fleet's own network; all others have to be at public addresses. */
  identityHosts: z.array(host).max(20).default([]),
  /** In which times are shown to people who have chosen none. */
  timeZone: z.string().refine(isTimeZone, 'must be a time zone such as Europe/Amsterdam').default('Europe/Amsterdam'),
  /** Where it stands, ISO 3166-1 alpha-2: what boxes say is kept there. */
  region: z.string().regex(/^[A-Z]{2}$/, 'must be a country code such as NL'),
  /** What the key files of the fleet's certificates are encrypted with: 32 characters of chance or more. Null: they lie there in the clear. */
  caPassphraseFile: absolutePath.nullable().default(null),
  /** For a broker of its own (MQTT_URL); null: there is none. */
  mqtt: z
    .strictObject({
      /** What the broker knows this process by: another for each process of a fleet. */
      process: z.enum(processNames).default(processNames[0]),
      /** Where the files are written, and kept fresh, that Mosquitto is told by; null: `broker` below `data`. */
      folder: absolutePath.nullable().default(null),
      /** Where Mosquitto keeps its sessions. */
      sessions: absolutePath.default('/var/lib/mosquitto'),
      /** Who signs the certificate of a broker that is not told by these files, PEM; null: the fleet does. */
      authorityFile: absolutePath.nullable().default(null),
    })
    .nullable()
    .default(null),
  /** Where mail is handed over, always within TLS; null: there is no mail. */
  mail: z
    .strictObject({
      host,
      port,
      /** From the first byte (port 465), or after a greeting (port 587). */
      security: z.enum(['tls', 'starttls']),
      user: z.string().min(1).max(254).nullable().default(null),
      passwordFile: absolutePath.nullable().default(null),
      from: z.email().max(254),
      /** PEM of the authority of a server that is not vouched for publicly. */
      authorityFile: absolutePath.nullable().default(null),
    })
    .refine(
      ({ user, passwordFile }) => (user === null) === (passwordFile === null),
      'user and passwordFile go together',
    )
    .nullable()
    .default(null),
  webhooks: z
    .strictObject({
      /** Networks that are not of the internet and may be reached, such as 10.20.0.0/16. Every MSP here may then send to them. */
      allow: z
        .array(z.string().refine((text) => parseNet(text) !== null, 'must be a network such as 10.20.0.0/16'))
        .max(50)
        .default([]),
      authorityFile: absolutePath.nullable().default(null),
    })
    .default({ allow: [], authorityFile: null }),
  /** Who runs it, and everything that it connects to. */
  compliance: complianceSchema.prefault({}),
});

/** SQLite by default; a broker in the process by default. */
const environmentSchema = z.object({
  DATABASE_URL: z.string().min(1).optional(),
  MQTT_URL: z
    .string()
    .regex(/^mqtts:\/\//, 'must begin with mqtts://')
    .optional(),
});

/** The whole configuration, checked. */
export type Config = z.infer<typeof fileSchema> & {
  readonly databaseUrl: string;
  /** Null: the broker is in the process. */
  readonly mqttUrl: string | null;
};

const first = ({ issues: [issue] }: z.ZodError): string => `${issue?.path.join('.') || 'the file'}: ${issue?.message}`;

/** @throws Problem `config_invalid`. */
function checkConsole({ console: told, hosts }: z.infer<typeof fileSchema>): void {
  if (!told) return;
  const { origin, keyFile, certificateFile } = told;
  if ((keyFile === null) !== (certificateFile === null))
    throw problem('config_invalid', 'console: keyFile and certificateFile go together');
  if (keyFile === null && !hosts.includes(new URL(origin).hostname))
    throw problem('config_invalid', 'console.origin: its host must be one of hosts, or have a certificate of its own');
}

/** Checks a configuration. @throws Problem `config_invalid` naming the field. */
export function checkConfig(value: unknown, environment: NodeJS.ProcessEnv): Config {
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) throw problem('config_invalid', first(parsed.error));
  const around = environmentSchema.safeParse(environment);
  if (!around.success) throw problem('config_invalid', first(around.error));
  const { DATABASE_URL, MQTT_URL } = around.data;
  const data = resolve(parsed.data.data);
  checkConsole(parsed.data);
  if (MQTT_URL !== undefined && !parsed.data.mqtt) throw problem('config_invalid', 'mqtt: must be there with MQTT_URL');
  return {
    ...parsed.data,
    data,
    databaseUrl: DATABASE_URL ?? `sqlite:${join(data, 'fleet.db')}`,
    mqttUrl: MQTT_URL ?? null,
  };
}

/** Reads the configuration file at `path`. @throws Problem `config_unreadable`, `config_invalid`. */
export function readConfig(path: string, environment: NodeJS.ProcessEnv): Config {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw problem('config_unreadable', path, cause);
  }
  return checkConfig(value, environment);
}

/** Where things lie below the data directory. */
export const places = (data: string) => ({
  /** Keys and certificates of the fleet. */
  ca: join(data, 'ca'),
  /** What Mosquitto is told, unless the configuration says elsewhere. */
  broker: join(data, 'broker'),
  /** Keys with which MSPs sign policies. */
  policyKeys: join(data, 'policy-keys'),
});

const urlHost = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

/** Where the console is: what browsers call it, and the host that passkeys are bound to. */
export function siteOf({ console: told, hosts, ports }: Pick<Config, 'console' | 'hosts' | 'ports'>): {
  readonly origin: string;
  readonly host: string;
} {
  const { origin, hostname } = new URL(told?.origin ?? `https://${urlHost(hosts[0]!)}:${ports.console ?? 443}`);
  return { origin, host: hostname };
}

/** Where boxes connect, in the order in which they try. */
export function brokersOf({ hosts, ports }: Pick<Config, 'hosts' | 'ports'>): readonly string[] {
  const over = (scheme: string, at: number) => `${scheme}://${urlHost(hosts[0]!)}:${at}`;
  return [over('mqtts', ports.mqtt), ...(ports.webSocket === null ? [] : [`${over('wss', ports.webSocket)}/mqtt`])];
}
