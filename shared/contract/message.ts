/** What a message is: how it travels, and how its bytes are written and read. Nothing is believed that was not asked for. */
import { z } from 'zod';
import { count, instant, ulid } from './fields.ts';
import { FIRST_INSTANT, LAST_INSTANT, MAX_MESSAGE_BYTES } from './limits.ts';
import type { MessageName } from './topics.ts';

/** Around every body. */
export interface Envelope<Body> {
  /** Form of the body: the version of the contract in which it last changed. */
  readonly v: number;
  /** ULID. The same message sent again has the same one. */
  readonly id: string;
  /** When it was made, wall clock of its sender, ms. Of a will: when its connection began. */
  readonly ts: number;
  /**
   * Of what a box queues (health, event, response, csr): counts up by one, over restarts, so a hole is a message that was lost. Of what it tells anew
   * (presence, reported, audit): how far that count is. Of a fleet: whatever it counts by.
   */
  readonly seq: number;
  readonly body: Body;
}

/** Why bytes are no message, and what to do. */
export const refusals = {
  oversize: 'The message is larger than its kind may be. Nothing of it was read.',
  not_utf8: 'The message is not UTF-8. Its sender is not a program of ours, or its bytes were damaged.',
  not_json: 'The message is not JSON. Its sender is not a program of ours, or its bytes were damaged.',
  version_unknown: 'The message has a form that this program does not know. Update whichever of the two is older.',
  unknown_field:
    'The message has a field that its form does not have. Nothing of it was used: a field that nobody knows may hold what must not be told.',
  malformed: 'A field of the message is missing or has another form. Update whichever of the two is older.',
  ambiguous: 'The message says something twice, or writes it in another way than programs of ours do.',
} as const;

export type Refusal = keyof typeof refusals;

export type Read<Body> =
  | { readonly ok: true; readonly message: Envelope<Body> }
  /** `at`: names of known fields down to the fault, never what the sender wrote. */
  | { readonly ok: false; readonly refused: Refusal; readonly at: string };

/** A form that a body had, and how it becomes the present one and back. */
export interface Former<Body> {
  /** Version of the contract that brought it. */
  readonly since: number;
  readonly schema: z.ZodType;
  /** Gets what `schema` has let through. */
  readonly upgrade: (before: never) => Body;
  readonly downgrade: (body: Body) => unknown;
}

interface Terms<Body, Ids extends readonly string[]> {
  readonly name: MessageName;
  readonly direction: 'up' | 'down';
  /** Topic, by box and, where it answers or is a command, the command's id. */
  readonly topic: (...ids: Ids) => string;
  /** MQTT quality of service: 1 is acknowledged. 2 is granted by no broker that we want to be able to use. */
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly maxBytes: number;
  /** Form of the body now. */
  readonly schema: z.ZodType<Body>;
  /** Version of the contract in which the body got this form. */
  readonly version: number;
  /** Newest first. */
  readonly former?: readonly Former<Body>[];
}

export interface Message<Body, Ids extends readonly string[] = readonly [box: string]>
  extends Omit<Terms<Body, Ids>, 'former'> {
  readonly former: readonly Former<Body>[];
  /** Reads bytes that came under this message's topic. Never throws. */
  parse(bytes: Uint8Array): Read<Body>;
  /**
   * Writes one. `reads`: version of the contract that the receiver reads, as it said; it gets the newest form that it knows.
   * @throws RangeError for what `parse` would refuse: the fault is this program's.
   */
  format(message: Omit<Envelope<Body>, 'v'>, reads?: number): Buffer;
}

const envelopeOf = <Body>(v: number, body: z.ZodType<Body>) =>
  z.strictObject({ v: z.literal(v), id: ulid, ts: instant, seq: count, body });

/** An instant that an envelope takes, of a clock that may not be set. */
export const stamp = (nowMs: number): number => Math.min(LAST_INSTANT, Math.max(FIRST_INSTANT, Math.floor(nowMs)));

/** Made once: zod writes a program for each schema. */
const formOf = z.object({ v: z.number().int().positive() });

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const refuse = (refused: Refusal, at = ''): { ok: false; refused: Refusal; at: string } => ({
  ok: false,
  refused,
  at,
});

export function defineMessage<Body, Ids extends readonly string[]>(terms: Terms<Body, Ids>): Message<Body, Ids> {
  const { version, schema, maxBytes, former = [] } = terms;
  if (maxBytes > MAX_MESSAGE_BYTES) throw new RangeError(`${terms.name}: no broker lets this through`);
  const same = { since: version, schema, upgrade: (body: Body) => body, downgrade: (body: Body) => body };
  const forms = [same, ...former].map((form) => ({ ...form, envelope: envelopeOf<unknown>(form.since, form.schema) }));

  function parse(bytes: Uint8Array): Read<Body> {
    if (bytes.byteLength > maxBytes) return refuse('oversize');
    let text: string;
    try {
      text = utf8.decode(bytes);
    } catch {
      return refuse('not_utf8');
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return refuse('not_json');
    }
    const { v } = formOf.safeParse(value).data ?? {};
    if (v === undefined) return refuse('malformed', 'v');
    const form = forms.find(({ since }) => since === v);
    if (!form) return refuse('version_unknown', 'v');
    const read = form.envelope.safeParse(value);
    if (!read.success) {
      const unknown = read.error.issues.find(({ code }) => code === 'unrecognized_keys');
      const at = (unknown ?? read.error.issues[0])?.path.join('.') ?? '';
      return refuse(unknown ? 'unknown_field' : 'malformed', at);
    }
    // Written by JSON.stringify it reads the same again: not so a key that stands twice, and what a schema passes over.
    if (JSON.stringify(value) !== text) return refuse('ambiguous');
    return { ok: true, message: { ...read.data, body: form.upgrade(read.data.body as never) } };
  }

  return {
    ...terms,
    former,
    parse,
    format({ id, ts, seq, body }, reads = version) {
      const form = forms.find(({ since }) => since <= reads);
      if (!form) throw new RangeError(`${terms.name}: no form that is read by contract ${reads}`);
      const bytes = Buffer.from(JSON.stringify({ v: form.since, id, ts, seq, body: form.downgrade(body) }));
      const read = parse(bytes);
      if (!read.ok) throw new RangeError(`${terms.name}: ${read.refused} ${read.at}`);
      return bytes;
    },
  };
}
