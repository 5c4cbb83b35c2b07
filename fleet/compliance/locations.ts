/**
 * Where the fleet is and whom it connects to, as data. The list is made of the configuration alone, and the process connects to nobody who is
 * not in it (`egress.ts`): so what is shown is what happens.
 */
import { isIP } from 'node:net';
import { checkTransfer, type RegionLock, type Transfer } from './countries.ts';
import { problem } from './problems.ts';

/** What for. `server`: where the fleet itself stands. `backup` and `recovery` are places that others connect to. */
export const purposes = [
  ...(['server', 'database', 'broker', 'mail', 'webhook', 'sign_in', 'time', 'names', 'backup', 'recovery'] as const),
] as const;

export type Purpose = (typeof purposes)[number];

export interface Location {
  readonly purpose: Purpose;
  /** Name or address; of `server` null, and of a place that the fleet does not connect to. */
  readonly host: string | null;
  /** Null: any. */
  readonly port: number | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** Name of the sub-processor that runs it; null: whoever runs the fleet. */
  readonly subprocessor: string | null;
  /** Whether this process itself connects there. */
  readonly dialled: boolean;
}

/** As the configuration has it. */
export interface Declared {
  readonly purpose: Exclude<Purpose, 'server'>;
  readonly host: string | null;
  readonly port: number | null;
  readonly country: string;
  readonly subprocessor: string | null;
  readonly transfer: Transfer | null;
}

/** What the fleet is configured to connect to. */
export interface Dialled {
  readonly purpose: Exclude<Purpose, 'server'>;
  /** Name, address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
}

export interface LocationParts {
  /** Where the fleet's own machine is. */
  readonly region: string;
  readonly regionTransfer: Transfer | null;
  readonly lock: RegionLock;
  readonly declared: readonly Declared[];
  readonly dialled: readonly Dialled[];
  /** Country of whoever runs the fleet, who may read it from there. */
  readonly provider: string | null;
}

/** The same machine: no destination of its own, but it is listed as what it is. */
export const isHere = (host: string): boolean => host.startsWith('/') || /^(localhost|127\.[0-9.]+|::1)$/.test(host);

const hostKey = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^::ffff:(?=\d)/, '')
    .replace(/\.$/, '');

const meets = (one: Pick<Location, 'host' | 'port'>, host: string, port: number): boolean =>
  one.host !== null && hostKey(one.host) === hostKey(host) && (one.port === null || one.port === port);

/**
 * The whole list. @throws Problem `destination_undeclared` for what the fleet would connect to and nobody has declared, `region_locked`,
 * `transfer_blocked`, `country_invalid`.
 */
export function locationsOf({
  region,
  regionTransfer,
  lock,
  declared,
  dialled,
  provider,
}: LocationParts): readonly Location[] {
  for (const country of [region, provider ?? region]) checkTransfer(country, regionTransfer, lock);
  for (const { country, transfer } of declared) checkTransfer(country, transfer, lock);
  const server: Location = {
    ...{ purpose: 'server', host: null, port: null, country: region, subprocessor: null, dialled: false },
  };
  const used = dialled.map(({ purpose, host, port }): Location => {
    const said = declared.find((one) => one.purpose === purpose && meets(one, host, port));
    if (said) return { purpose, host, port, country: said.country, subprocessor: said.subprocessor, dialled: true };
    if (isHere(host)) return { purpose, host, port, country: region, subprocessor: null, dialled: true };
    throw problem('destination_undeclared', `${purpose}: ${host}:${port}`);
  });
  const others = declared
    .filter((one) => !used.some((each) => each.purpose === one.purpose && meets(one, each.host!, each.port!)))
    .map(({ transfer: _, ...one }): Location => ({ ...one, dialled: false }));
  return [server, ...used, ...others];
}

/** A destination that an MSP has added. */
export interface Added {
  /** Null: it is nobody's to see in a list. */
  readonly msp: string | null;
  readonly purpose: 'webhook' | 'sign_in' | 'mail';
  readonly host: string;
  readonly port: number;
  readonly country: string;
}

export interface Locations {
  /** As it is now: what everybody may know, and with `msp` what that MSP has added for itself. */
  list(msp?: string): readonly Location[];
  /**
   * Somebody of an MSP adds a place that the fleet shall connect to, such as a webhook. Returns what takes it out again.
   * @throws Problem `country_invalid`, `region_locked`, `transfer_blocked`.
   */
  declare(one: Added): () => void;
  /** Whether the process may connect there; then it counts as a place that it does connect to. */
  admits(host: string, port: number): boolean;
}

export function openLocations(parts: LocationParts): Locations {
  const fixed = locationsOf(parts);
  const added = new Map<Location, string | null>();
  const used = new Set<Location>();
  return {
    list(msp) {
      const theirs = [...added].filter(([, of]) => of !== null && of === msp).map(([one]) => one);
      return [...fixed, ...theirs].map((one) => (used.has(one) ? { ...one, dialled: true } : one));
    },
    declare({ msp, purpose, host, port, country }) {
      // Whoever runs the server has provided for it.
      if (fixed.some((one) => one.purpose === purpose && meets(one, host, port))) return () => {};
      checkTransfer(country, null, parts.lock);
      const one: Location = { purpose, host, port, country, subprocessor: null, dialled: true };
      added.set(one, msp);
      return () => void added.delete(one);
    },
    admits(host, port) {
      const one = [...fixed, ...added.keys()].find((each) => meets(each, host, port));
      if (one) used.add(one);
      return one !== undefined;
    },
  };
}

/** Countries in which personal data is, for the agreement and for the public: one set. */
export const countriesOf = (list: readonly Pick<Location, 'country'>[]): readonly string[] =>
  [...new Set(list.map(({ country }) => country))].sort();

/** Host and port of a URL; the port of its scheme where it names none. */
export function dialledBy(purpose: Dialled['purpose'], url: string, port: number): Dialled {
  const { hostname, port: said } = new URL(url);
  return {
    purpose,
    host: isIP(hostKey(hostname)) ? hostKey(hostname) : hostname,
    port: said === '' ? port : Number(said),
  };
}
