/** Whether a certificate speaks for a SIP domain: RFC 5922 7. */
import type { PeerCertificate } from 'node:tls';

/** Entries of a subject alternative name as Node prints them; a value with commas or quotes is in JSON (CVE-2021-44532). */
const ENTRY = /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g;

const lower = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** Names of one kind: `DNS`, `URI`. */
function namesOf(certificate: Pick<PeerCertificate, 'subjectaltname'>, kind: string): string[] {
  return [...(certificate.subjectaltname ?? '').matchAll(ENTRY)]
    .filter(([, name]) => name === kind)
    .map(([, , value]) => (value!.startsWith('"') ? String(JSON.parse(value!)) : value!));
}

/** `sip:example.net` of a URI name; null: it names a user, a port, or is no SIP URI (7.1: then it says nothing of the domain). */
const domainOfUri = (uri: string): string | null => /^sip:([^@:;?/]+)$/i.exec(uri)?.[1] ?? null;

/**
 * Whether it may speak for `domain`, the name that was asked for, wherever the DNS led. SIP URIs decide when there are any; else DNS names,
 * letter by letter: a wildcard matches nothing (7.2).
 */
export function speaksFor(certificate: Pick<PeerCertificate, 'subjectaltname'>, domain: string): boolean {
  const wanted = lower(domain);
  const uris = namesOf(certificate, 'URI').flatMap((uri) => domainOfUri(uri) ?? []);
  const names = uris.length > 0 ? uris : namesOf(certificate, 'DNS');
  return names.some((name) => lower(name) === wanted);
}
