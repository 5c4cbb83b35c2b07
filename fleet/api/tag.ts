/** How one thing, as it is now, is known again: by the bytes of its answer. */
import { hash } from 'node:crypto';

/** Weak would do; it is the answer's own bytes, so it is strong (RFC 9110 8.8.1). */
export const tagOf = (body: string): string => `"${hash('sha256', body, 'base64url').slice(0, 27)}"`;

const named = (field: string): readonly string[] => field.split(',').map((one) => one.trim());

/** Whether `If-None-Match` names it: weakly, as RFC 9110 13.1.2 has it. */
export const isKnown = (field: string | undefined, tag: string): boolean =>
  field !== undefined && named(field).some((one) => one === '*' || one.replace(/^W\//, '') === tag);

/** Whether `If-Match` names it: strongly (13.1.1), so a weak tag is none. */
export const isHeld = (field: string, tag: string): boolean => named(field).some((one) => one === '*' || one === tag);
