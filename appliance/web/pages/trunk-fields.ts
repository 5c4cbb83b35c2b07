/** The fields of a trunk, out of the document and into it. */
import type { WrittenLines } from '../../lines/schema.ts';
import { HIDDEN } from '../../lines/secrets.ts';
import type { Trunk } from '../../lines/trunk.ts';
import type { Visit } from '../visit.ts';
import { FieldWrong, linesIn, listIn, numberIn, optional } from './form.ts';
import { exceptionIn, type Section, type Shape, type Typed } from './line-form.ts';

type Written = NonNullable<WrittenLines['trunks']>[number];

const name: Shape = { id: 'id', is: 'text', at: 'id', required: true };

const numberForms = ['e164', 'international', 'national', 'as dialled'] as const;

/** `isNew`: its name is asked for too, which stays. */
export const trunkSections = (isNew: boolean): readonly Section[] => [
  {
    id: 'server',
    shapes: [
      ...(isNew ? [name] : []),
      { id: 'host', is: 'text', at: 'host', required: true },
      { id: 'port', is: 'number', at: 'port' },
      { id: 'transport', is: 'pick', at: 'transport', of: ['', 'tls', 'tcp', 'udp'] },
    ],
  },
  {
    id: 'signIn',
    shapes: [
      { id: 'user', is: 'text', at: 'account.user' },
      { id: 'authUser', is: 'text', at: 'account.authUser' },
      { id: 'password', is: 'secret', at: 'account.password' },
      { id: 'register', is: 'check', at: 'account.register' },
    ],
  },
  {
    id: 'numbersIn',
    shapes: [
      { id: 'inbound', is: 'lines', at: 'inbound' },
      { id: 'callerId', is: 'text', at: 'callerId' },
    ],
  },
  {
    id: 'guards',
    shapes: [
      { id: 'plainUntil', is: 'day', at: 'plainUntil' },
      { id: 'sources', is: 'lines', at: 'sources' },
      { id: 'ca', is: 'lines', at: 'ca' },
      { id: 'certificate', is: 'text', at: 'certificate' },
      { id: 'clientCertificate', is: 'text', at: 'clientCertificate' },
    ],
  },
  {
    id: 'sharing',
    shapes: [
      { id: 'maxCalls', is: 'number', at: 'maxCalls' },
      { id: 'priority', is: 'number', at: 'priority' },
      { id: 'weight', is: 'number', at: 'weight' },
    ],
  },
  {
    id: 'numbersOut',
    folded: true,
    shapes: [
      { id: 'domain', is: 'text', at: 'domain' },
      { id: 'called', is: 'pick', at: 'numbers.called', of: numberForms },
      { id: 'calling', is: 'pick', at: 'numbers.calling', of: numberForms },
      {
        id: 'send',
        is: 'pick',
        at: 'identity.send',
        of: ['P-Asserted-Identity', 'P-Preferred-Identity', 'Remote-Party-ID', 'none'],
      },
      { id: 'believe', is: 'check', at: 'identity.believe' },
      { id: 'historyIn', is: 'check', at: 'identity.history.in' },
      { id: 'historyOut', is: 'check', at: 'identity.history.out' },
      { id: 'passIn', is: 'lines', at: 'pass.in' },
      { id: 'passOut', is: 'lines', at: 'pass.out' },
      { id: 'codecs', is: 'text', at: 'codecs' },
      { id: 'optionsSeconds', is: 'number', at: 'optionsSeconds' },
    ],
  },
];

const on = (is: boolean): string => (is ? 'on' : '');

/** What stands in the form of a trunk that is there, or of a new one. */
export function typedOf({ f }: Visit, trunk: Trunk): Typed {
  const { account, numbers, identity, pass, plainUntil } = trunk;
  return {
    id: trunk.id,
    host: trunk.host,
    port: trunk.port === undefined ? '' : String(trunk.port),
    transport: trunk.transport ?? '',
    domain: trunk.domain ?? '',
    user: account?.user ?? '',
    authUser: account?.authUser ?? '',
    register: on(account?.register ?? true),
    plainUntil: plainUntil === undefined ? '' : f.isoDate(Date.parse(plainUntil)),
    ca: trunk.ca ?? '',
    certificate: trunk.certificate ?? '',
    clientCertificate: trunk.clientCertificate ?? '',
    sources: trunk.sources.join('\n'),
    called: numbers.called,
    calling: numbers.calling,
    callerId: trunk.callerId ?? '',
    inbound: trunk.inbound
      .map(({ did, to, serial }) => `${did} = ${to.join(', ')}${serial ? ' serial' : ''}`)
      .join('\n'),
    send: identity.send,
    believe: on(identity.believe),
    historyIn: on(identity.history.in),
    historyOut: on(identity.history.out),
    passIn: pass.in.join('\n'),
    passOut: pass.out.join('\n'),
    priority: String(trunk.priority),
    weight: String(trunk.weight),
    maxCalls: String(trunk.maxCalls),
    codecs: trunk.codecs?.join(', ') ?? '',
    optionsSeconds: String(trunk.optionsSeconds),
  };
}

/** `+31201234567 = 10, 11 serial`. @throws FieldWrong */
function numberOf(line: string): { did: string; to: string[]; serial: boolean } {
  const [did = '', rest = '', ...more] = line.split('=').map((part) => part.trim());
  const serial = /\sserial$/i.test(rest);
  const to = rest
    .replace(/\sserial$/i, '')
    .split(/[\s,]+/)
    .filter(Boolean);
  if (did === '' || to.length === 0 || more.length > 0) throw new FieldWrong('inbound');
  return { did: did.replaceAll(/[\s().-]/g, ''), to, serial };
}

const fingerprintIn = (typed: Typed, id: 'certificate' | 'clientCertificate'): string | undefined =>
  optional(typed, id)?.replaceAll(/[\s:]/g, '').toLowerCase();

/** What the form says, for the schema to judge. `kept`: the trunk that it changes. @throws FieldWrong */
export function trunkIn(visit: Visit, typed: Typed, kept: Trunk | null): Written {
  const user = optional(typed, 'user');
  const password = optional(typed, 'password') ?? (kept?.account ? HIDDEN : undefined);
  if (user !== undefined && password === undefined) throw new FieldWrong('password');
  const account =
    user === undefined
      ? undefined
      : { user, authUser: optional(typed, 'authUser'), password: password!, register: typed.register === 'on' };
  const codecs = listIn(typed, 'codecs');
  return {
    id: kept?.id ?? typed.id ?? '',
    host: typed.host ?? '',
    port: numberIn(typed, 'port'),
    transport: optional(typed, 'transport') as Written['transport'],
    domain: optional(typed, 'domain'),
    ca: optional(typed, 'ca'),
    certificate: fingerprintIn(typed, 'certificate'),
    clientCertificate: fingerprintIn(typed, 'clientCertificate'),
    sources: listIn(typed, 'sources'),
    account,
    plainUntil: exceptionIn(visit, 'plainUntil', typed.plainUntil ?? '', kept?.plainUntil),
    callerId: optional(typed, 'callerId')?.replaceAll(/[\s().-]/g, ''),
    inbound: linesIn(typed, 'inbound').map(numberOf),
    numbers: {
      called: typed.called as Trunk['numbers']['called'],
      calling: typed.calling as Trunk['numbers']['calling'],
    },
    identity: {
      send: typed.send as Trunk['identity']['send'],
      believe: typed.believe === 'on',
      history: { in: typed.historyIn === 'on', out: typed.historyOut === 'on' },
    },
    pass: { in: listIn(typed, 'passIn'), out: listIn(typed, 'passOut') },
    priority: numberIn(typed, 'priority'),
    weight: numberIn(typed, 'weight'),
    maxCalls: numberIn(typed, 'maxCalls'),
    codecs: codecs.length === 0 ? undefined : (codecs as Written['codecs']),
    optionsSeconds: numberIn(typed, 'optionsSeconds'),
  };
}
