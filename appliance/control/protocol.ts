/**
 * What the desk and the command line may ask the call process, and the command line the desk: one JSON line each way, over a socket that only this box's users can open.
 * Each question has a name and its own answer; who adds one adds it here, and answers it in `serveControl`.
 */
import { z } from 'zod';

/** Longest line either side reads, bytes: a thousand live calls and all counters are under 200 kB. */
export const MAX_LINE = 1_000_000;

const testPhone = z.strictObject({
  user: z.string().regex(/^test-call-[0-9a-f]{12}$/),
  ha1: z.string().regex(/^[0-9a-f]{32}$/),
});

export const statusSchema = z.strictObject({
  /** Accounts with at least one phone. */
  registered: z.number(),
  /** The PBX behind the box, and users of it with at least one phone; null: there is none. */
  pbx: z.strictObject({ up: z.boolean(), registered: z.number() }).nullable(),
  calls: z.array(
    z.strictObject({
      id: z.string(),
      from: z.string(),
      to: z.string(),
      startedAt: z.number(),
      recording: z.string().nullable(),
      /** The recording rests for a while. */
      paused: z.boolean(),
    }),
  ),
  counters: z.record(z.string(), z.number()),
  /** Hash of the policy in force; null: none. */
  policy: z.string().nullable(),
  /** Purposes that are not recorded because what they have to say cannot be said. `why`: code of what is wrong. */
  announcementsMissing: z.array(z.strictObject({ purpose: z.string(), why: z.string() })),
  /** Resident memory, bytes. */
  rss: z.number(),
});

/** How the call process is now. */
export type Status = z.infer<typeof statusSchema>;

/** Two phones that the call process shall know for a test call, and whom it is sealed to. The secrets stay with whoever makes the call. */
const testCallSchema = z.strictObject({
  ask: z.literal('test call'),
  phones: z.tuple([testPhone, testPhone]),
  recipient: z.strictObject({
    role: z.literal('custodian'),
    name: z.string().max(100),
    fingerprint: z.string().regex(/^[0-9a-f]{40,64}$/),
    certificate: z.string().max(20_000),
  }),
});

const bansSchema = z.strictObject({
  bans: z.array(
    z.strictObject({
      /** A network: an IPv4 address, or the /64 of an IPv6 one. */
      source: z.string(),
      why: z.enum(['scanner', 'names', 'guesses', 'flood']),
      reach: z.enum(['datagrams', 'all']),
      since: z.number(),
      until: z.number(),
      times: z.number(),
    }),
  ),
  /** What happened within 24 hours, by kind. */
  lastDay: z.record(z.string(), z.number()),
});

/** Longest name of a source that is asked about, characters: an IPv6 network has 43. */
const MAX_SOURCE = 64;
const endpoint = z.strictObject({ address: z.string(), port: z.number() });
const transport = z.enum(['UDP', 'TCP', 'TLS']);
const id = z.string().min(1).max(64);

/** What may be asked of the recording of a call, and what became of it. */
const steering = z.enum(['pause', 'resume', 'record', 'object']);
const steered = z.enum([
  ...(['paused', 'resumed', 'begun', 'erased', 'stopped', 'already_so', 'not_recording'] as const),
  ...(['pause_not_allowed', 'legal_retention', 'no_such_call'] as const),
]);

/** Calls of one phone that one answer tells of: nobody talks in more. */
export const MAX_PHONE_CALLS = 20;

const phoneCallSchema = z.strictObject({
  /** By this its recording is steered. Of words that are recorded in another call, that call. */
  call: z.string(),
  startedAt: z.number(),
  recording: z.enum(['on', 'paused', 'off']),
  /** When a pause ends by itself; null: it does not rest. */
  resumesAt: z.number().nullable(),
});

/** A call in which a phone talks, without who else does. */
export type PhoneCall = z.infer<typeof phoneCallSchema>;

const brought = {
  how: z.enum(['transferred', 'attended', 'replaced', 'forwarded', 'returned']),
  by: z.enum(['caller', 'callee']),
};

const tracedCallSchema = z.strictObject({
  id: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  state: z.enum(['ringing', 'answered', 'ended', 'failed']),
  status: z.number().nullable(),
  reason: z.string().nullable(),
  startedAt: z.number(),
  answeredAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  transport,
  messages: z.number(),
  dropped: z.number(),
  origins: z.array(z.strictObject({ call: z.string(), ...brought })).readonly(),
  turns: z
    .array(
      z.strictObject({
        at: z.number(),
        ...brought,
        to: z.string().nullable(),
        status: z.number(),
        reason: z.string(),
        call: z.string().nullable(),
      }),
    )
    .readonly(),
});

const tracedMessageSchema = z.strictObject({
  at: z.number(),
  direction: z.enum(['received', 'sent']),
  transport,
  local: endpoint,
  remote: endpoint,
  text: z.string(),
});

/** Calls that one answer tells of: what a page shows and a person reads. */
export const MAX_TOLD_CALLS = 500;

/** How long a phone has to answer when it is asked whether it is there, ms: three sendings over UDP. */
export const PROBE_MS = 3000;

/** Phones that one answer tells of, of those that were asked for. */
export const MAX_TOLD_PHONES = 2000;

const registrationSchema = z.strictObject({ user: z.string(), transport, remote: endpoint, expiresInS: z.number() });

/** Where a phone of an account is registered now. */
export type Registration = z.infer<typeof registrationSchema>;

/** A registered phone, and what it said just now to the question whether it is there (OPTIONS); null: nothing. */
const probedSchema = z.strictObject({
  transport,
  remote: endpoint,
  expiresInS: z.number(),
  said: z.strictObject({ status: z.number(), ms: z.number() }).nullable(),
});

/** Codes of what the rooms of the call process find; their sentences are the desk's. */
const code = z.string().regex(/^[a-z_]{1,40}$/);

const attemptSchema = z.strictObject({
  firstAt: z.number(),
  at: z.number(),
  count: z.number(),
  outcome: code,
  transport,
  address: z.string(),
  agent: z.string().nullable(),
});

/** A try to register, or several in a row that went the same way. */
export type Attempt = z.infer<typeof attemptSchema>;

/** How phones tried to register: one, and what may have been others. */
const attemptsSchema = z.strictObject({
  /** Of the number that was asked for; newest first. */
  attempts: z.array(attemptSchema),
  /** Numbers that nobody has proved to be, with their last try. */
  strangers: z.array(attemptSchema.extend({ user: z.string() })),
  /** TLS handshakes that failed, before anybody said who they are. */
  handshakes: z.array(z.strictObject({ at: z.number(), count: z.number(), address: z.string(), fault: code })),
  /** Networks that nothing is heard from, and until when. */
  bans: z.array(z.strictObject({ source: z.string(), why: code, until: z.number() })),
});

export type AttemptsTold = z.infer<typeof attemptsSchema>;

/** How the trunks are, and which limits of outgoing calls have been reached today. */
const trunksSchema = z.strictObject({
  trunks: z.array(
    z.strictObject({
      id: z.string(),
      host: z.string(),
      /** False: it does not answer when it is asked. */
      up: z.boolean(),
      /** Null: the box does not register there. `until`: wall clock, ms. `why`: code of what is wrong. */
      registration: z
        .strictObject({
          is: z.enum(['asking', 'registered', 'waiting']),
          until: z.number().nullable(),
          why: z.string().nullable(),
        })
        .nullable(),
      /** Wall clock, ms, of its last word; null: none yet. */
      heardAt: z.number().nullable(),
      calls: z.number(),
      maxCalls: z.number(),
      /** It may do without encryption at this moment. */
      plain: z.boolean(),
    }),
  ),
  capped: z.array(z.strictObject({ cap: z.string(), kind: z.enum(['user', 'trunk']), name: z.string() })),
  /** Phones and trunks whose counts of the day had been lost, and were restored from the audit log. */
  countsLost: z.number(),
});

const sum = z.number().min(0);

/** Names of what is counted of sound, since the process began (media/quality/quality.ts). */
export const soundCounts = [
  ...(['streams', 'expected', 'lost', 'looks', 'milli_mos', 'poor', 'jitter_us'] as const),
  ...(['reports', 'reported_256ths', 'round_trips', 'round_trip_ms'] as const),
] as const;

export type SoundCounts = { readonly [Name in (typeof soundCounts)[number]]: number };

/** What is asked every few seconds: counts, nothing of any call. */
const vitalsSchema = z.strictObject({
  /** Phones of the box itself. */
  registered: sum,
  /** Users of the PBX with a phone; null: there is no PBX. */
  pbx: z.strictObject({ up: z.boolean(), registered: sum }).nullable(),
  sound: z.strictObject(
    Object.fromEntries(soundCounts.map((name) => [name, sum])) as Record<keyof SoundCounts, typeof sum>,
  ),
  /** Purposes that are not recorded because what they have to say cannot be said. */
  unspoken: z.array(z.string()),
  /** Resident memory, bytes. */
  rss: sum,
});

export type Vitals = z.infer<typeof vitalsSchema>;

/** How the box is, as the desk shows it: the form of findings and gauges is `appliance/health`'s. */
const healthSchema = z.strictObject({
  /** Wall clock, ms. */
  at: z.number(),
  /** Of the box, for its instants. */
  timeZone: z.string(),
  findings: z.array(
    z.strictObject({ code, state: z.enum(['ok', 'warn', 'bad']), values: z.record(z.string(), z.unknown()) }),
  ),
  gauges: z.record(z.string(), z.number()),
});

/** Per question: what it says besides its name, and what is answered. */
export const questions = {
  'test call': { asks: testCallSchema, answer: z.strictObject({ expected: z.literal(true) }) },
  trunks: { asks: z.strictObject({ ask: z.literal('trunks') }), answer: trunksSchema },
  status: { asks: z.strictObject({ ask: z.literal('status') }), answer: statusSchema },
  vitals: { asks: z.strictObject({ ask: z.literal('vitals') }), answer: vitalsSchema },
  /** Pauses, resumes, begins or ends and erases the recording of a live call. */
  'steer recording': {
    asks: z.strictObject({ ask: z.literal('steer recording'), call: id, wish: steering }),
    answer: z.strictObject({ became: steered }),
  },
  /** Calls in which an own phone talks now, not those that ring. */
  'calls of phone': {
    asks: z.strictObject({ ask: z.literal('calls of phone'), user: id }),
    answer: z.array(phoneCallSchema).max(MAX_PHONE_CALLS),
  },
  /** Whom SIP does not listen to, and why. */
  'sip bans': { asks: z.strictObject({ ask: z.literal('sip bans') }), answer: bansSchema },
  /** Ends a ban. `lifted` false: there is none. */
  'lift sip ban': {
    asks: z.strictObject({ ask: z.literal('lift sip ban'), source: z.string().min(1).max(MAX_SOURCE) }),
    answer: z.strictObject({ lifted: z.boolean() }),
  },
  /** What the trace remembers of calls, newest first; with numbers: whoever asks masks them for whom they are not. */
  calls: { asks: z.strictObject({ ask: z.literal('calls') }), answer: z.array(tracedCallSchema) },
  /** One of them with its messages; null: it has left. */
  trace: {
    asks: z.strictObject({ ask: z.literal('trace'), call: id }),
    answer: z.strictObject({ call: tracedCallSchema, messages: z.array(tracedMessageSchema) }).nullable(),
  },
  registrations: {
    asks: z.strictObject({ ask: z.literal('registrations'), users: z.array(id).max(MAX_TOLD_PHONES) }),
    answer: z.array(registrationSchema),
  },
  /** Phones that are registered with the PBX through the box. */
  'pbx phones': { asks: z.strictObject({ ask: z.literal('pbx phones') }), answer: z.array(registrationSchema) },
  /** Asks each registered phone of an account whether it is there; takes up to `PROBE_MS`. */
  'probe phone': {
    asks: z.strictObject({ ask: z.literal('probe phone'), user: id }),
    answer: z.strictObject({
      phones: z.array(probedSchema),
      /** How its last call was keyed; null: none has been seen. */
      keying: z.enum(['sdes', 'dtls', 'optional', 'plain']).nullable(),
    }),
  },
  attempts: {
    asks: z.strictObject({ ask: z.literal('attempts'), user: id.nullable() }),
    answer: attemptsSchema,
  },
  health: { asks: z.strictObject({ ask: z.literal('health') }), answer: healthSchema },
} as const;

/** Questions that the desk answers; all others are the call process's. */
export type DeskAsk = 'health';

export type Ask = keyof typeof questions;
export type Question<A extends Ask = Ask> = z.infer<(typeof questions)[A]['asks']>;
export type Answer<A extends Ask = Ask> = z.infer<(typeof questions)[A]['answer']>;
