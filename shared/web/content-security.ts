/** What a page may do: nothing but what is listed (CSP level 3). */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { Assets } from './assets.ts';

/** The policy of a page whose only inline script is the import map `importMap`. */
export function contentSecurityPolicy(importMap: string): string {
  const hash = createHash('sha256').update(importMap, 'utf8').digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    // Recordings are opened here and play from memory; what callers hear comes from the desk.
    "media-src 'self' blob:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** Of every answer, pages and files alike. */
const securityHeaders: Readonly<Record<string, string>> = {
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'X-Frame-Options': 'DENY',
};

/** Puts the headers of every answer on this one; nobody keeps it who is not told so. */
export function secure(c: Context, policy: string): void {
  for (const [name, value] of Object.entries(securityHeaders)) c.header(name, value);
  c.header('Content-Security-Policy', policy);
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
}

/** A file of ours: its path changes with its content, so it is kept for a year. */
export function answerAsset(c: Context, assets: Assets): Response {
  const asset = assets.files.get(c.req.path);
  if (!asset) return c.text('', 404);
  return c.body(Uint8Array.from(asset.body), 200, {
    'Content-Type': asset.type,
    'Cache-Control': 'public, max-age=31536000, immutable',
  });
}
