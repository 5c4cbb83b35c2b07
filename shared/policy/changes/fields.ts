/** Every field of a policy and what its schema says of it. */
import { z } from 'zod';
import { recipientsSchema } from '../recipients.ts';
import { policySchema } from '../schema.ts';

interface Node {
  readonly description?: string;
  readonly type?: string;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
}

export interface PolicyField {
  /** Names from the top, without ids of entries. */
  readonly field: string;
  readonly description: string;
}

const nodeOf = (schema: z.ZodType): Node => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Node;

/** Each leaf, each list of objects, and each object that may be left out. */
function gather(node: Node, field: string, optional: boolean, description: string): PolicyField[] {
  const said = node.description ?? description;
  const here = { field, description: said };
  const variants = node.anyOf ?? node.oneOf;
  if (variants) {
    const nullable = variants.some(({ type }) => type === 'null');
    const rest = variants.filter(({ type }) => type !== 'null');
    return rest.flatMap((one) => gather(one, field, optional || nullable, said));
  }
  if (node.items) {
    const inner = node.items.properties || node.items.anyOf ? gather(node.items, field, false, said) : [];
    return [here, ...inner.filter((one) => one.field !== field)];
  }
  if (!node.properties) return [here];
  const own = optional ? [here] : [];
  const parts = Object.entries(node.properties).flatMap(([name, inner]) =>
    gather(inner, field === '' ? name : `${field}.${name}`, !(node.required ?? []).includes(name), said),
  );
  return [...own, ...parts];
}

/** In the order of the schema. What is signed by somebody else, the list of recipients, is read by its own schema. */
export function policyFields(): readonly PolicyField[] {
  const all = gather(nodeOf(policySchema), '', false, '').filter(({ field }) => !field.startsWith('recipients.'));
  const { description = '' } = nodeOf(policySchema).properties?.recipients ?? {};
  const list = gather(nodeOf(recipientsSchema), 'recipients', false, description);
  const found = new Map<string, PolicyField>();
  // A field of several variants (ways of consent) is one field; its description is all that they say.
  for (const one of [...all, ...list]) {
    const known = found.get(one.field);
    const description =
      known && !known.description.includes(one.description)
        ? `${known.description} ${one.description}`
        : (known ?? one).description;
    found.set(one.field, { field: one.field, description });
  }
  return [...found.values()];
}

let descriptions: ReadonlyMap<string, string> | null = null;

/** What the schema says of a field. */
export function descriptionOf(field: string): string {
  descriptions ??= new Map(policyFields().map((one) => [one.field, one.description]));
  return descriptions.get(field) ?? '';
}
