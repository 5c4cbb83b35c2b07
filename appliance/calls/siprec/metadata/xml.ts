/**
 * XML as a small tree, for documents of strangers: no document type, no entities but the five, nothing fetched, and an end to everything.
 * Namespaces are not looked at, for every vendor has its own: `tns:recording` is `recording`.
 */
import { Problem } from '@belkluis/shared/base/problem';
import { SaxesParser } from 'saxes';
import { MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, MAX_METADATA_BYTES, MAX_TEXT } from '../limits.ts';
import { problem } from '../problems.ts';

export interface Element {
  /** Without prefix, lower case. */
  readonly name: string;
  /** Names as `name`; values trimmed. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** Its own, trimmed; not that of its children. */
  readonly text: string;
}

const local = (name: string): string => name.slice(name.lastIndexOf(':') + 1).toLowerCase();

/** UTF-8, as everybody declares; what is none is what some mean by it, one byte a character. */
function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

/** The root element. @throws Problem `metadata_*`. */
export function readXml(bytes: Uint8Array): Element {
  if (bytes.length > MAX_METADATA_BYTES) throw problem('metadata_too_large', `${bytes.length} bytes`);
  interface Open extends Element {
    readonly children: Element[];
    text: string;
  }
  const parser = new SaxesParser({ xmlns: false, position: false });
  const open: Open[] = [];
  let root: Element | null = null;
  let elements = 0;
  const bounded = (text: string): string => {
    if (text.length > MAX_TEXT) throw problem('metadata_too_large', `a text of ${text.length} characters`);
    return text;
  };
  const takeText = (text: string) => {
    const current = open.at(-1);
    if (current) current.text = bounded(current.text + text);
  };
  // Its message quotes the document, which names people.
  parser.on('error', () => {
    throw problem('metadata_malformed');
  });
  parser.on('doctype', () => {
    throw problem('metadata_forbidden');
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (++elements > MAX_ELEMENTS || open.length >= MAX_DEPTH) throw problem('metadata_too_large', 'elements');
    const entries = Object.entries(attributes as Record<string, string>);
    if (entries.length > MAX_ATTRIBUTES) throw problem('metadata_too_large', 'attributes');
    const values = entries.map(([key, value]) => [local(key), bounded(value).trim()] as const);
    const element: Open = { name: local(name), attributes: new Map(values), children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
    root ??= element;
  });
  parser.on('text', takeText);
  parser.on('cdata', takeText);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed) closed.text = closed.text.trim();
  });
  try {
    // Some put an empty line in front of the declaration, which XML itself does not allow.
    parser.write(decoded(bytes).replace(/^[\s\uFEFF]+/, '')).close();
  } catch (cause) {
    throw cause instanceof Problem ? cause : problem('metadata_malformed');
  }
  if (!root) throw problem('metadata_malformed');
  return root;
}
