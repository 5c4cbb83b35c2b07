/** A document as one page that stands alone: to print, to file, to put on a website. It loads nothing and runs nothing. */
import type { Block, Document } from '../policy/documents/document.ts';
import { type Html, html } from './html.ts';

export const blockHtml = (block: Block): Html => {
  switch (block.is) {
    case 'paragraph':
      return html`<p>${block.text}</p>`;
    case 'list':
      return html`<ul>${block.items.map((item) => html`<li>${item}</li>`)}</ul>`;
    case 'facts':
      return html`<dl>${block.facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
    case 'quote':
      return html`<blockquote lang="${block.language}">${block.text}</blockquote>`;
  }
};

export const documentPage = ({ language, title, sections }: Document): Html => html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff; }
h1 { font-size: 1.6rem; line-height: 1.2; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; break-after: avoid; }
dl { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr; gap: .25rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
blockquote { border-left: .25rem solid #666; margin: .5rem 0; padding-left: .75rem; }
@media print { body { margin: 0; max-width: none; } }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${sections.map(
  ({ heading, blocks }) => html`<section>
<h2>${heading}</h2>
${blocks.map(blockHtml)}
</section>
`,
)}</main>
</body>
</html>
`;
