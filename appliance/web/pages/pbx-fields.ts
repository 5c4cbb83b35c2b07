/** The fields of the PBX, out of the document and into it. */
import type { Pbx } from '../../lines/pbx.ts';
import type { WrittenLines } from '../../lines/schema.ts';
import type { Visit } from '../visit.ts';
import { FieldWrong, linesIn, listIn, numberIn, optional } from './form.ts';
import { exceptionIn, type Section, type Typed } from './line-form.ts';

type Written = NonNullable<WrittenLines['pbx']>;

export const pbxSections: readonly Section[] = [
  {
    id: 'server',
    shapes: [
      { id: 'pbxDomain', is: 'text', at: 'domain', required: true },
      { id: 'host', is: 'text', at: 'host', required: true },
      { id: 'port', is: 'number', at: 'port' },
      { id: 'transport', is: 'pick', at: 'transport', of: ['', 'tls', 'tcp', 'udp'] },
    ],
  },
  {
    id: 'guards',
    shapes: [
      { id: 'plainUntil', is: 'day', at: 'plainUntil' },
      { id: 'ca', is: 'lines', at: 'ca' },
      { id: 'certificate', is: 'text', at: 'certificate' },
      { id: 'sources', is: 'lines', at: 'sources' },
    ],
  },
  {
    id: 'phones',
    shapes: [
      { id: 'plainPhones', is: 'lines', at: 'plainPhones' },
      { id: 'localCalls', is: 'check', at: 'localCallsWithoutIt' },
      { id: 'wayBack', is: 'pick', at: 'wayBack', of: ['contact', 'path'] },
      { id: 'optionsSeconds', is: 'number', at: 'optionsSeconds' },
    ],
  },
];

/** Of a box that has none yet: what goes without saying. */
export const newPbx: Typed = { localCalls: 'on', wayBack: 'contact', optionsSeconds: '30' };

export function typedOf({ f }: Visit, pbx: Pbx): Typed {
  return {
    pbxDomain: pbx.domain,
    host: pbx.host,
    port: pbx.port === undefined ? '' : String(pbx.port),
    transport: pbx.transport ?? '',
    plainUntil: pbx.plainUntil === undefined ? '' : f.isoDate(Date.parse(pbx.plainUntil)),
    ca: pbx.ca ?? '',
    certificate: pbx.certificate ?? '',
    sources: pbx.sources.join('\n'),
    plainPhones: pbx.plainPhones.map(({ user, until }) => `${user} = ${f.isoDate(Date.parse(until))}`).join('\n'),
    localCalls: pbx.localCallsWithoutIt ? 'on' : '',
    wayBack: pbx.wayBack,
    optionsSeconds: String(pbx.optionsSeconds),
  };
}

/** @throws FieldWrong */
export function pbxIn(visit: Visit, typed: Typed, kept: Pbx | null): Written {
  const exception = (line: string) => {
    const [user = '', day = '', ...more] = line.split('=').map((part) => part.trim());
    if (user === '' || day === '' || more.length > 0) throw new FieldWrong('plainPhones');
    const before = kept?.plainPhones.find((one) => one.user === user)?.until;
    return { user, until: exceptionIn(visit, 'plainPhones', day, before)! };
  };
  return {
    domain: (typed.pbxDomain ?? '').toLowerCase(),
    host: typed.host ?? '',
    port: numberIn(typed, 'port'),
    transport: optional(typed, 'transport') as Written['transport'],
    ca: optional(typed, 'ca'),
    certificate: optional(typed, 'certificate')?.replaceAll(/[\s:]/g, '').toLowerCase(),
    plainUntil: exceptionIn(visit, 'plainUntil', typed.plainUntil ?? '', kept?.plainUntil),
    sources: listIn(typed, 'sources'),
    plainPhones: linesIn(typed, 'plainPhones').map(exception),
    wayBack: typed.wayBack as Written['wayBack'],
    localCallsWithoutIt: typed.localCalls === 'on',
    optionsSeconds: numberIn(typed, 'optionsSeconds'),
  };
}
