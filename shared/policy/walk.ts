/** Every field of a schema, as people read about it: what is written down of it is read out of the schema itself. */
import { z } from 'zod';

/** What of JSON Schema says something about a field. */
export interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly enum?: readonly (string | number)[];
  readonly const?: string | number | boolean;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface Field {
  /** Names from the top: `purposes.consent.key`. Entries of a list have no number. */
  readonly path: string;
  readonly node: Node;
  readonly required: boolean;
  readonly nullable: boolean;
  /** Where the field is there: `mode` is `opt-in`. Null: always. */
  readonly where: string | null;
  readonly description: string;
}

export const alternatives = ({ anyOf, oneOf }: Node): readonly Node[] => anyOf ?? oneOf ?? [];

/** The node without the choice to be null. */
export function bare(node: Node): { node: Node; nullable: boolean } {
  const all = alternatives(node);
  const rest = all.filter(({ type }) => type !== 'null');
  const nullable = rest.length < all.length;
  const [only] = rest;
  return rest.length === 1 && only ? { node: only, nullable } : { node: { ...node, anyOf: rest }, nullable };
}

/** Of several objects: which field tells them apart, and what it says in this one. */
function toldBy(variant: Node): string {
  const [told] = Object.entries(variant.properties ?? {}).filter(([, { const: value }]) => value !== undefined);
  return told ? `\`${told[0]}\` is \`${told[1].const}\`` : '';
}

function inside(node: Node, path: string, where: string | null): Field[] {
  const within = node.items ? bare(node.items).node : node;
  const several = alternatives(within);
  if (several.length > 0) return several.flatMap((one) => inside(one, path, toldBy(one)));
  return Object.entries(within.properties ?? {}).flatMap(([name, child]) => {
    const { node: held, nullable } = bare(child);
    const at = path ? `${path}.${name}` : name;
    const required = (within.required ?? []).includes(name);
    const description = child.description ?? held.description ?? '';
    return [{ path: at, node: held, required, nullable, where, description }, ...inside(held, at, null)];
  });
}

/** Every field of a schema, in its order. */
export const fieldsOf = (schema: z.ZodType): readonly Field[] =>
  inside(z.toJSONSchema(schema, { io: 'input' }) as Node, '', null);
