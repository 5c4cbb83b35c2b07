/** Every field that a box can send, walked out of the contract's schemas: what the page shows is what the fleet reads. */
import { actSchema, helloSchema, proofSchema, renewSchema } from '@belkluis/shared/contract/enrolment/messages';
import { count, instant, ulid, whole } from '@belkluis/shared/contract/fields';
import { FIRST_INSTANT } from '@belkluis/shared/contract/limits';
import { upMessages } from '@belkluis/shared/contract/messages';
import { z } from 'zod';

/** What a field can hold. */
export type Form =
  | { readonly is: 'number'; readonly min: number; readonly max: number }
  /** `code`: a hash, a key, a signature or chance, always of the same length. */
  | { readonly is: 'moment' | 'yes' | 'version' | 'code' }
  | { readonly is: 'text'; readonly max: number }
  | { readonly is: 'one'; readonly of: readonly (string | number)[] };

export interface SentField {
  /** Names down to it, such as `policy.applied.hash`. */
  readonly path: string;
  readonly form: Form;
  /** It may be there several times, at most so often. */
  readonly upTo: number | null;
  readonly maybe: boolean;
}

export interface SentMessage {
  readonly name: string;
  readonly fields: readonly SentField[];
}

/** As zod writes JSON Schema 2020-12, as far as the contract uses it. */
interface Shape {
  readonly type?: string;
  readonly const?: string | number;
  readonly enum?: readonly (string | number)[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

function formOf(shape: Shape): Form {
  if (shape.const !== undefined) return { is: 'one', of: [shape.const] };
  if (shape.enum) return { is: 'one', of: shape.enum };
  if (shape.type === 'boolean') return { is: 'yes' };
  if (shape.type === 'integer' || shape.type === 'number') {
    const { minimum: min = 0, maximum: max = 0 } = shape;
    return min === FIRST_INSTANT ? { is: 'moment' } : { is: 'number', min, max };
  }
  if (shape.pattern?.startsWith('^v')) return { is: 'version' };
  // Every text of the contract has a length of its own, or says its longest.
  return shape.maxLength === undefined ? { is: 'code' } : { is: 'text', max: shape.maxLength };
}

type Around = Omit<SentField, 'form'>;

function walk(shape: Shape, around: Around): readonly SentField[] {
  const several = shape.anyOf ?? shape.oneOf;
  if (several) {
    const real = several.filter(({ type }) => type !== 'null');
    const maybe = around.maybe || real.length < several.length;
    return real.flatMap((one) => walk(one, { ...around, maybe }));
  }
  if (shape.type === 'array') return walk(shape.items ?? {}, { ...around, upTo: shape.maxItems ?? null });
  if (!shape.properties) return [{ ...around, form: formOf(shape) }];
  return Object.entries(shape.properties).flatMap(([name, inner]) =>
    walk(inner, {
      path: around.path === '' ? name : `${around.path}.${name}`,
      upTo: around.upTo,
      maybe: around.maybe || !(shape.required ?? []).includes(name),
    }),
  );
}

/** One field of a union may be in several of its forms: shown once, with all that it can be. */
function merged(fields: readonly SentField[]): readonly SentField[] {
  const by = new Map<string, SentField>();
  for (const field of fields) {
    const known = by.get(field.path);
    const [a, b] = [known?.form, field.form];
    if (known && a?.is === 'one' && b.is === 'one')
      by.set(field.path, { ...known, form: { is: 'one', of: [...new Set([...a.of, ...b.of])] } });
    else if (!known) by.set(field.path, field);
  }
  return [...by.values()];
}

const fieldsOf = (schema: z.ZodType): readonly SentField[] =>
  merged(walk(z.toJSONSchema(schema) as Shape, { path: '', upTo: null, maybe: false }));

const envelope = z.strictObject({ v: whole(1, 999), id: ulid, ts: instant, seq: count });

/** Everything, in the order in which people meet it. */
export const boxesSend: readonly SentMessage[] = Object.entries({
  envelope,
  ...Object.fromEntries(Object.entries(upMessages).map(([name, { schema }]) => [name, schema])),
  hello: helloSchema,
  proof: proofSchema,
  act: actSchema,
  renew: renewSchema,
}).map(([name, schema]) => ({ name, fields: fieldsOf(schema as z.ZodType) }));
