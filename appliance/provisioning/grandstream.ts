/** Grandstream: `cfg<mac>.xml` with numbered settings (SIP Device Provisioning Guide; the numbers are those of account 1 of GXP21xx and GRP26xx). */
import { hostPort, type PhoneSettings, REGISTRATION_S, type Vendor } from './settings.ts';
import { xmlText } from './xml.ts';

const settingsOf = ({ user, secret, domain, host, port }: PhoneSettings) => ({
  // Account active, its name, SIP server, outbound proxy.
  P271: '1',
  P270: user,
  P47: domain,
  P48: hostPort({ host, port }),
  // User, authentication id, password, name.
  P35: user,
  P36: user,
  P34: secret,
  P3: user,
  // Registration in minutes.
  P32: String(REGISTRATION_S / 60),
  // SIP over TLS, `sip:` in addresses, and the port of the connection in Contact.
  P130: '2',
  P2329: '0',
  P2331: '1',
  // SRTP enabled and forced.
  P183: '2',
  // The certificate's domain (RFC 5922) and chain are checked.
  P2311: '1',
  P2367: '1',
});

export const grandstream: Vendor = {
  isFile: (name, mac) => name.toLowerCase() === `cfg${mac}.xml`,
  path: () => '',
  render(settings) {
    const lines = Object.entries(settingsOf(settings)).map(
      ([name, value]) => `    <${name}>${xmlText(value)}</${name}>`,
    );
    return {
      contentType: 'text/xml; charset=utf-8',
      body: [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gs_provision version="1">',
        `  <mac>${xmlText(settings.mac)}</mac>`,
        '  <config version="1">',
        ...lines,
        '  </config>',
        '</gs_provision>',
        '',
      ].join('\n'),
    };
  },
};
