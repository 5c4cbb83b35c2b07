/** Snom: XML settings; the phone puts its own MAC for `{mac}` into the address of its file. */
import { hostPort, type PhoneSettings, REGISTRATION_S, type Vendor } from './settings.ts';
import { xmlText } from './xml.ts';

const identity = ({ user, secret, domain, host, port }: PhoneSettings) => ({
  user_active: 'on',
  user_realname: user,
  user_name: user,
  user_pname: user,
  user_pass: secret,
  user_host: domain,
  user_outbound: `${hostPort({ host, port })};transport=tls`,
  user_expiry: String(REGISTRATION_S),
  // Both: offers are RTP/SAVP, and nothing less is taken.
  user_srtp: 'on',
  user_savp: 'mandatory',
  // off: tags of 80 bits.
  user_auth_tag: 'off',
});

export const snom: Vendor = {
  // Models ask as `snomD385-000413000000.htm`, or by the name that was entered.
  isFile: (name, mac) => new RegExp(`^snom[a-z0-9]{0,10}-${mac}\\.(htm|html|xml)$`, 'i').test(name),
  path: () => 'snom-{mac}.htm',
  render(settings) {
    const lines = Object.entries(identity(settings)).map(
      ([name, value]) => `    <${name} idx="1" perm="R">${xmlText(value)}</${name}>`,
    );
    return {
      contentType: 'text/xml; charset=utf-8',
      body: [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<settings>',
        '  <phone-settings>',
        ...lines,
        '    <check_fqdn_against_server_cert perm="R">on</check_fqdn_against_server_cert>',
        '  </phone-settings>',
        '  <certificates>',
        `    <certificate url="${xmlText(settings.certificateUrl)}"/>`,
        '  </certificates>',
        '</settings>',
        '',
      ].join('\n'),
    };
  },
};
