import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import type { Phones } from '../../appliance/access/phones.ts';
import { CONFIG_PATH, readConfig } from '../../appliance/config.ts';
import { joinPhones, type PhoneActs } from '../../appliance/join-phones.ts';
import type { Privacy } from '../../appliance/privacy/privacy.ts';
import { type Links, openLinks } from '../../appliance/provisioning/links.ts';
import { createOffers, originOf } from '../../appliance/provisioning/provisioning.ts';
import { vendorNames } from '../../appliance/provisioning/vendors.ts';
import { makeFolder } from '../../appliance/vault/durable.ts';
import { type Box, withPhones, withPrivacy } from './box.ts';
import { type Command, configOption, needed, problem, textOf } from './command.ts';

interface Opened {
  readonly phones: Phones;
  readonly links: Links;
  readonly acts: PhoneActs;
}

/** Accounts and links of the box at `data`; what is done to them is written down first. */
async function withActs<T>(data: string, realm: string, use: (opened: Opened, box: Box) => T): Promise<T> {
  makeFolder(data);
  const open = (phones: Phones, { acknowledgements }: Privacy, box: Box) => {
    const links = openLinks(box.at.provisioningDatabase, { clock: systemClock, chance: systemChance });
    try {
      const append = box.log.append;
      const parts = { phones, links, acknowledgements, append, realm, clock: systemClock, chance: systemChance };
      return use({ phones, links, acts: joinPhones(parts) }, box);
    } finally {
      links.close();
    }
  };
  return withPhones(data, (phones, box) => withPrivacy(data, (privacy) => open(phones, privacy, box)));
}

export const phonesAdd: Command = {
  name: 'phones add',
  usage: 'phones add USER --domain DOMAIN [--plain-until DATE]',
  summary: 'makes an account for a phone and shows its secret once',
  options: {
    domain: { type: 'string', means: 'the SIP domain of the box' },
    'plain-until': { type: 'string', means: 'until this day the phone may do without TLS and SRTP' },
  },
  takes: 1,
  run({ positionals, values, data }) {
    const [user] = positionals as [string];
    const realm = needed(values, 'domain');
    const until = textOf(values, 'plain-until');
    const plainUntil = until === undefined ? 0 : Date.parse(until);
    if (Number.isNaN(plainUntil)) throw problem('usage', '--plain-until is a date, such as 2027-01-31');
    return withActs(data, realm, ({ acts }) => {
      const secret = acts.add(user, plainUntil, 'cli');
      return {
        json: { user, domain: realm, secret, plainUntil: until ?? null },
        text: [
          `User      ${user}`,
          `Domain    ${realm}`,
          `Secret    ${secret}   (shown once)`,
          until
            ? `This phone may do without TLS and SRTP until ${until}.`
            : 'Set the phone to TLS and SRTP (SDES), both mandatory.',
        ].join('\n'),
      };
    });
  },
};

export const phonesProvision: Command = {
  name: 'phones provision',
  usage: 'phones provision USER --vendor VENDOR [--mac MAC] [--config FILE]',
  summary: 'makes a link by which one phone fetches its settings and a new secret, once, within a day',
  options: {
    vendor: { type: 'string', means: vendorNames.join(', ') },
    mac: { type: 'string', means: 'the MAC address on the label of the phone' },
    ...configOption,
  },
  takes: 1,
  run({ positionals, values, data }) {
    const [user] = positionals as [string];
    const [vendor, mac] = [needed(values, 'vendor'), textOf(values, 'mac') ?? ''];
    const config = readConfig(textOf(values, 'config') ?? CONFIG_PATH);
    if (config.data !== data) throw problem('usage', `--config is of the box at ${config.data}, not of ${data}`);
    return withActs(data, config.domain, ({ links, acts }, { log }) => {
      const origin = () => originOf(config.address, config.desk.port);
      const offers = createOffers({
        links,
        accounts: acts.accounts,
        append: (entry) => void log.append(entry),
        origin,
      });
      const { url, expiresAt } = offers.offer({ user, vendor, mac }, 'cli');
      return {
        json: { user, vendor, url, expiresAt: new Date(expiresAt).toISOString() },
        text: [
          `Link   ${url}`,
          `Until  ${new Date(expiresAt).toISOString()}`,
          '',
          'Enter the link into the phone as its provisioning server. It counts once: whoever fetches it first has the secret.',
          'The secret is made when the phone fetches it; one from before stops working then.',
        ].join('\n'),
      };
    });
  },
};

export const phonesRemove: Command = {
  name: 'phones remove',
  usage: 'phones remove USER',
  summary: 'takes a phone out: it can neither register nor call any more',
  options: {},
  takes: 1,
  run({ positionals, data }) {
    const [user] = positionals as [string];
    return withActs(data, '', ({ acts }) => {
      acts.remove(user, 'cli');
      return { json: { removed: user }, text: `${user} is taken out. A call of it that goes on is not cut.` };
    });
  },
};

export const phonesList: Command = {
  name: 'phones list',
  usage: 'phones list',
  summary: 'lists the phones that may register',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withPhones(data, (phones) => {
      const list = phones.list();
      const exception = (until: number) =>
        until === 0 ? 'TLS and SRTP' : `plain until ${new Date(until).toISOString()}`;
      const lines = list.map(
        ({ user, plainUntil, expiresAt }) =>
          `${user}  ${exception(plainUntil)}  leaves ${new Date(expiresAt).toISOString().slice(0, 10)} unless used`,
      );
      return { json: { phones: list }, text: lines.join('\n') || 'No phones yet.' };
    }),
};
