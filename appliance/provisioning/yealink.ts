/** Yealink: `<mac>.cfg`, a line for each setting (Auto Provisioning Guide, "MAC-Oriented CFG file"). */
import { oneLine, type PhoneSettings, REGISTRATION_S, type Vendor } from './settings.ts';

const settingsOf = ({ user, secret, domain, host, port, certificateUrl }: PhoneSettings) => ({
  'account.1.enable': '1',
  'account.1.label': user,
  'account.1.display_name': user,
  'account.1.auth_name': user,
  'account.1.user_name': user,
  'account.1.password': secret,
  'account.1.sip_server.1.address': domain,
  'account.1.sip_server.1.port': String(port),
  // 2: TLS.
  'account.1.sip_server.1.transport_type': '2',
  'account.1.sip_server.1.expires': String(REGISTRATION_S),
  'account.1.outbound_proxy_enable': '1',
  'account.1.outbound_proxy.1.address': host,
  'account.1.outbound_proxy.1.port': String(port),
  // 2: a call without SRTP does not take place.
  'account.1.srtp_encryption': '2',
  // Only who proves to be the box is spoken to: its certificate, its name or address.
  'static.security.trust_certificates': '1',
  'static.security.cn_validation': '1',
  // 2: the phone's own authorities and the ones that were uploaded.
  'static.security.ca_cert': '2',
  'static.trusted_certificates.url': certificateUrl,
  // The link counts once: asking again would only be refused.
  'static.auto_provision.power_on': '0',
  'static.auto_provision.repeat.enable': '0',
  'static.auto_provision.pnp_enable': '0',
});

export const yealink: Vendor = {
  isFile: (name, mac) => name.toLowerCase() === `${mac}.cfg`,
  path: () => '',
  render(settings) {
    const lines = Object.entries(settingsOf(settings)).map(([key, value]) => `${key} = ${oneLine(value)}`);
    return { contentType: 'text/plain; charset=utf-8', body: `#!version:1.0.0.1\n${lines.join('\n')}\n` };
  },
};
