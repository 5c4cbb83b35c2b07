import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { phoneProblem } from '../../appliance/access/phones.ts';
import { makeFolder } from '../../appliance/vault/durable.ts';
import { withPhones } from './box.ts';
import { type Command, needed, problem, textOf } from './command.ts';

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
    makeFolder(data);
    return withPhones(data, (phones, { log }) => {
      if (!phones.find(user)) log.append({ kind: 'phone_added', actor: 'cli', facts: { phone: user, plainUntil } });
      const secret = phones.add({ user, realm, plainUntil, now: systemClock.now(), chance: systemChance });
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

export const phonesRemove: Command = {
  name: 'phones remove',
  usage: 'phones remove USER',
  summary: 'takes a phone out: it can neither register nor call any more',
  options: {},
  takes: 1,
  run({ positionals, data }) {
    const [user] = positionals as [string];
    return withPhones(data, (phones, { log }) => {
      if (!phones.find(user)) throw phoneProblem('phone_unknown', user);
      log.append({ kind: 'phone_removed', actor: 'cli', facts: { phone: user } });
      phones.remove(user);
      phones.scour();
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
