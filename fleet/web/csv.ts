/** Rows as a file for spreadsheets (RFC 4180), which take some cells for formulas and run them. */

/** What begins a formula in a spreadsheet; tab and line ends hide one. */
const FORMULA = /^[=+\-@\t\r\n]/;

/** Quoted where it must be; what a spreadsheet would calculate is text behind an apostrophe. */
export function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value.trimStart()) || FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvLine = (cells: readonly (string | number | null)[]): string => `${cells.map(csvCell).join(',')}\r\n`;
