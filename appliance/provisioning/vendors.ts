/** Whose phones can fetch their settings. */
import { grandstream } from './grandstream.ts';
import { problem } from './problems.ts';
import { oneLine, REGISTRATION_S, type Vendor } from './settings.ts';
import { snom } from './snom.ts';
import { yealink } from './yealink.ts';

/** For phones of others, softphones and scripts: what a person would have to type, as JSON. */
const generic: Vendor = {
  isFile: (name) => name === 'phone.json',
  path: () => 'phone.json',
  render({ user, secret, domain, host, port, certificateUrl }) {
    const settings = {
      user,
      secret,
      domain,
      outboundProxy: { host, port, transport: 'tls' },
      registrationSeconds: REGISTRATION_S,
      media: 'srtp-sdes-mandatory',
      certificateUrl,
    };
    for (const value of [user, secret, domain, host, certificateUrl]) oneLine(value);
    return { contentType: 'application/json', body: `${JSON.stringify(settings, null, 2)}\n` };
  },
};

export const vendors = { yealink, snom, grandstream, generic } as const;

export type VendorName = keyof typeof vendors;

export const vendorNames = Object.keys(vendors) as VendorName[];

/** @throws Problem `vendor_unknown`. */
export function vendorNamed(text: string): VendorName {
  if (!Object.hasOwn(vendors, text)) throw problem('vendor_unknown', text);
  return text as VendorName;
}

/** Twelve lower-case hex digits of a MAC as it is written on labels. @throws Problem `mac_wrong`. */
export function macOf(text: string): string {
  const mac = text.toLowerCase().replaceAll(/[:.\s-]/g, '');
  if (!/^[0-9a-f]{12}$/.test(mac)) throw problem('mac_wrong');
  return mac;
}
