/** A document as people read it: parts in order, without layout. Whoever shows it decides how. */
import type { Language } from '../fields.ts';

export type Block =
  | { readonly is: 'paragraph'; readonly text: string }
  | { readonly is: 'list'; readonly items: readonly string[] }
  /** What is said of what: a name and its value. */
  | { readonly is: 'facts'; readonly facts: readonly (readonly [name: string, value: string])[] }
  /** Words that are spoken or written elsewhere, exactly. */
  | { readonly is: 'quote'; readonly language: Language; readonly text: string };

export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

export interface Document {
  readonly language: Language;
  readonly title: string;
  readonly sections: readonly Section[];
}

export const paragraph = (text: string): Block => ({ is: 'paragraph', text });

/** A list without what does not apply. */
export const list = (...items: (string | null)[]): Block => ({
  is: 'list',
  items: items.filter((item) => item !== null),
});

/** Facts without those that do not apply. */
export const facts = (...all: (readonly [string, string | null])[]): Block => ({
  is: 'facts',
  facts: all.filter((one): one is readonly [string, string] => one[1] !== null && one[1] !== ''),
});

function lines(block: Block): string[] {
  switch (block.is) {
    case 'paragraph':
      return [block.text];
    case 'list':
      return block.items.map((item) => `- ${item}`);
    case 'facts':
      return block.facts.map(([name, value]) => `${name}: ${value}`);
    case 'quote':
      return [`“${block.text}”`];
  }
}

/** The document for a terminal. */
export const asText = ({ title, sections }: Document): string =>
  [title, ...sections.flatMap(({ heading, blocks }) => ['', heading, ...blocks.flatMap(lines)])].join('\n');
