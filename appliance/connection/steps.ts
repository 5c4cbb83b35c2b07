/** What a connection test tries, and everything that it can find: a closed list, told in sentences elsewhere. */

export const stepNames = [
  'clock',
  'ports',
  'name',
  'connect',
  'tls',
  'options',
  'register',
  'phone',
  'transport',
  'sound',
  'exception',
] as const;

export type StepName = (typeof stepNames)[number];

/** What each finding says, by its code; a code begins with the name of its step. Instants are wall clock, ms. */
interface Values {
  clock_ok: object;
  clock_unkept: object;
  clock_differs: { readonly seconds: number; readonly host: string };
  ports_ok: { readonly tried: number };
  ports_taken: { readonly tried: number; readonly taken: number };
  ports_all_taken: { readonly first: number; readonly last: number };
  ports_not_ours: { readonly address: string };
  ports_failed: { readonly code: string };
  name_address: object;
  name_ok: { readonly host: string; readonly found: string };
  name_unknown: { readonly host: string };
  name_no_dns: { readonly host: string };
  connect_ok: { readonly target: string; readonly ms: number };
  connect_refused: { readonly target: string };
  connect_silent: { readonly target: string };
  connect_no_way: { readonly target: string };
  connect_failed: { readonly target: string; readonly code: string };
  tls_ok: { readonly protocol: string; readonly until: number };
  tls_ends_soon: { readonly until: number };
  tls_ended: { readonly until: number };
  tls_not_yet: { readonly from: number };
  tls_other_name: { readonly host: string; readonly names: string };
  tls_self_signed: { readonly fingerprint: string };
  tls_unknown_issuer: { readonly issuer: string };
  tls_other_certificate: { readonly fingerprint: string };
  tls_too_old: object;
  tls_none: { readonly target: string };
  tls_refused: { readonly code: string };
  options_ok: { readonly status: number; readonly reason: string; readonly ms: number };
  options_asks: { readonly status: number };
  options_unwilling: { readonly status: number; readonly reason: string };
  options_silent: object;
  options_lost: object;
  register_ok: object;
  register_credentials: object;
  register_unknown: object;
  register_forbidden: { readonly status: number; readonly reason: string };
  register_refused: { readonly status: number; readonly reason: string };
  register_silent: object;
  register_untrusted: object;
  /** How the box's own registration stands, where it is not tried. `why`: a code of the trunks. */
  register_stands: { readonly until: number | null };
  register_fails: { readonly why: string };
  register_begins: object;
  register_none: object;
  phone_registered: { readonly where: string; readonly seconds: number };
  phone_missing: object;
  /** It was registered at `at`, and its connection or its time has ended since. */
  phone_gone: { readonly at: number };
  /** It has said itself that it goes. */
  phone_left: { readonly at: number };
  /** `why`: a code of its last try to register. */
  phone_refused: { readonly why: string; readonly at: number };
  phone_unknown: object;
  options_phone_silent: object;
  transport_tls: object;
  transport_excepted: { readonly transport: string };
  transport_plain: { readonly transport: string };
  sound_keyed: { readonly how: string };
  sound_plain: object;
  sound_unseen: object;
  exception_none: object;
  exception_runs: { readonly until: number };
  exception_over: { readonly until: number };
}

export type StepCode = keyof Values;
export type StepValues<Code extends StepCode> = Values[Code];

/** `warn`: it works, and somebody should look at it. */
export type StepState = 'ok' | 'warn' | 'failed';

export type Step = {
  [Code in StepCode]: { readonly code: Code; readonly state: StepState; readonly values: Values[Code] };
}[StepCode];

/** What was tried, and what was found: `about` is `TLS 192.0.2.1:5061`, the host that was given, or null for the box itself. */
export interface Tested {
  readonly about: string | null;
  readonly steps: readonly Step[];
}

export const found = <Code extends StepCode>(code: Code, state: StepState, values: Values[Code]): Step =>
  ({ code, state, values }) as Step;

export const stepOf = ({ code }: Step): StepName => code.slice(0, code.indexOf('_')) as StepName;

/** The worst of it all. */
export function worst(tested: readonly Tested[]): StepState {
  const states = tested.flatMap(({ steps }) => steps.map(({ state }) => state));
  return states.includes('failed') ? 'failed' : states.includes('warn') ? 'warn' : 'ok';
}
