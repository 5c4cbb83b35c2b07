/** Texts of the forms in which trunks, the PBX and what may go out are told to the box. */
import type { Weakening } from '../../../lines/changes.ts';
import type { FieldText } from '../../pages/form.ts';

const of = (label: string, hint: string, fault = 'This cannot be used here. The hint says what can.'): FieldText => ({
  label,
  hint,
  fault,
});

const A_HOST = 'This is no host name or address. Give one such as sip.example.net or 192.0.2.10.';
const A_PREFIX = 'Each line is the beginning of an international number, such as +31 or +3120.';
const A_DAY = 'An exception ends tomorrow at the earliest, and within a year.';
const A_CERTIFICATE = 'This is no SHA-256 of a certificate: 64 hex digits.';
const A_NETWORK = 'Each line is an address such as 192.0.2.1, or a network such as 192.0.2.0/24.';
const A_HEADER = 'Each line is User-to-User, or a header that begins with X-.';
const A_NUMBER = 'Give a whole number within the limits that the hint names.';

const fields = {
  id: of(
    'Name',
    'How this box calls it: lower-case letters, digits and dashes. It stays as it is.',
    'Give a name of lower-case letters, digits and dashes that no other trunk has. "new" cannot be one.',
  ),
  host: of(
    'Host',
    'Name or address of the server. Give the name where there is one: its certificate names it.',
    A_HOST,
  ),
  port: of(
    'Port',
    'Leave it empty where the DNS says, or where it is the usual one.',
    'A port is a number from 1 to 65535.',
  ),
  transport: of(
    'Transport',
    'Without one the DNS says, and without an exception nothing but TLS is spoken.',
    'UDP and TCP are not encrypted: choose TLS, or say below until when it may do without.',
  ),
  domain: of('Domain', 'In the addresses of its calls, where it is another than the host.', A_HOST),
  user: of('User', 'The account there. Leave it empty where the other side knows the box by its address.'),
  authUser: of('User to sign in as', 'Where it is another than the user.'),
  password: of(
    'Password',
    'Never shown again. Empty: the one that the box has stays.',
    'Give the password of this account. The box has none of it yet.',
  ),
  register: of('Register there', 'So that calls find the box behind a router.'),
  plainUntil: of(
    'Without TLS and SRTP until',
    'Only for who cannot do better: until then, calls of it can be listened to on the way. Leave it empty.',
    A_DAY,
  ),
  ca: of(
    'Certificate of its authority',
    'PEM, where its certificate comes from an authority of its own. Empty: those that this machine knows.',
  ),
  certificate: of('Its one certificate', 'SHA-256 of it: then no other is taken, whoever signed it.', A_CERTIFICATE),
  clientCertificate: of(
    'Certificate that it shows',
    'SHA-256 of the one that it must show when it calls over TLS.',
    A_CERTIFICATE,
  ),
  sources: of(
    'Where its calls come from',
    'Addresses or networks, one a line. Empty: the addresses of the host. Over UDP anybody can write such an address.',
    A_NETWORK,
  ),
  called: of('Called numbers towards it', 'How numbers are written that phones call.'),
  calling: of('Calling numbers towards it', 'How numbers are written that call.'),
  callerId: of(
    'Number shown',
    'For phones that have none of their own, such as +31201234567.',
    'Give an international number, such as +31201234567.',
  ),
  inbound: of(
    'Who rings',
    'A line for each number: +31201234567 = 10, 11. A * stands for any rest; "serial" at the end rings one after the other.',
    'Each line is a number, =, and the phones that ring: +31201234567 = 10, 11.',
  ),
  send: of('Who calls is said in', 'The header that tells the other side the number of the caller.'),
  believe: of('Believe who calls', 'What it says of callers is passed on to phones.'),
  historyIn: of('Take over forwarding inwards', 'Diversion and History-Info of its calls reach phones.'),
  historyOut: of('Tell forwarding outwards', 'Diversion and History-Info of our calls reach it.'),
  passIn: of('Headers passed inwards', 'One a line: User-to-User, X-…', A_HEADER),
  passOut: of('Headers passed outwards', 'One a line: User-to-User, X-…', A_HEADER),
  priority: of('Priority', '0 to 100; lower ones are tried first.', A_NUMBER),
  weight: of('Weight', '1 to 1000; how calls are shared among those of the same priority.', A_NUMBER),
  maxCalls: of('Calls at once', '1 to 1000; what the carrier sold you.', A_NUMBER),
  codecs: of(
    'Codecs',
    'In this order: opus, G722, PCMA, PCMU. Empty: all that the other side offers.',
    'Only opus, G722, PCMA and PCMU can be named.',
  ),
  optionsSeconds: of('Ask every, seconds', 'How often it is asked whether it is there, up to 3600.', A_NUMBER),
  pbxDomain: of(
    'Domain of its users',
    'As phones write it: 201@pbx.example.net. It must be another than the domain of this box.',
    'Give the domain of the users at the PBX, in lower case.',
  ),
  plainPhones: of(
    'Phones without TLS and SRTP',
    'A line for each: 202 = 2027-01-31. A * stands for any phone. Their calls can be listened to on the network.',
    'Each line is a user, =, and a day within a year: 202 = 2027-01-31.',
  ),
  wayBack: of('How its calls come back', 'Choose Path only where the PBX does RFC 3327.'),
  localCalls: of('Calls without the PBX', 'While it does not answer, registered phones may call each other.'),
  allow: of(
    'May be called',
    'Beginnings of international numbers, one a line: +31. Nothing else goes out but emergency numbers.',
    A_PREFIX,
  ),
  deny: of('May not be called', 'Exceptions to those; the longer beginning decides: +31900.', A_PREFIX),
  emergency: of(
    'Emergency numbers',
    'Short numbers, one a line. They always go out, at any hour and beyond every limit.',
    'Each line is a short number of 2 to 6 digits, such as 112.',
  ),
  nightFrom: of(
    'Night from',
    'A time of day. Empty: there is no night.',
    'Give a time of day such as 19:00, in both fields or in none.',
  ),
  nightUntil: of(
    'Night until',
    'It may be over midnight.',
    'Give a time of day such as 07:00, in both fields or in none.',
  ),
  nightWeekend: of('Weekends too', 'Saturday and Sunday are night as a whole.'),
  nightAllow: of('May be called at night', 'Beginnings, one a line. Empty: emergency numbers alone.', A_PREFIX),
  userAtOnce: of('Calls at once', '1 to 100.', A_NUMBER),
  userPerDay: of('Calls a day', '1 to 10000.', A_NUMBER),
  userMinutes: of('Minutes a day', '1 to 100000.', A_NUMBER),
  trunkPerDay: of('Calls a day', '1 to 100000.', A_NUMBER),
  trunkMinutes: of('Minutes a day', '1 to 1000000.', A_NUMBER),
  country: of('Country code', 'Of numbers without one: 31.', 'Give a country code such as 31.'),
  international: of(
    'Before international numbers',
    'What people dial first: 00.',
    'Give one to four digits, such as 00.',
  ),
  national: of(
    'Before national numbers',
    'What people dial first: 0. Empty where there is none.',
    'Give up to two digits, such as 0.',
  ),
  shown: of('Phones see callers as', 'How numbers from outside are written for them.'),
} satisfies Record<string, FieldText>;

export type FieldName = keyof typeof fields;

const forms = {
  server: { title: 'The server', lead: '' },
  signIn: { title: 'Who the box is there', lead: '' },
  guards: { title: 'What guards its calls', lead: 'Whoever lowers a guard is asked why; the audit log keeps it.' },
  numbersIn: {
    title: 'Calls that come in',
    lead: 'A number that is not here gets no answer. Calls reach phones alone, never another trunk.',
  },
  numbersOut: { title: 'Numbers and names', lead: '' },
  sharing: { title: 'Limits and order', lead: '' },
  phones: {
    title: 'Its phones',
    lead: 'They register through this box with their passwords at the PBX, which the box does not keep.',
  },
  rules: { title: 'What may be called', lead: '' },
  night: { title: 'At night', lead: '' },
  perUser: {
    title: 'Limits of one phone',
    lead: 'They hold what a stolen password may cost. Beyond them calls are refused until midnight.',
  },
  perTrunk: { title: 'Limits of one trunk', lead: '' },
  numbering: { title: 'How numbers are written here', lead: '' },
};

export type SectionName = keyof typeof forms;

const weakens: Readonly<Record<Weakening, string>> = {
  plain: 'Calls can be listened to on the way: something may do without TLS and SRTP, or for longer.',
  identity: 'The box no longer asks for a certificate or password that it asked for.',
  sources: 'More is believed of who somebody says to be.',
  disclosure: 'The outside is told more of who calls, or of who was called first.',
  toll: 'More may be called, or more often: a stolen phone password may cost more.',
  emergency: 'An emergency number is no longer let out in every case.',
};

const weakenings: Readonly<Record<Weakening, string>> = {
  plain: 'lowers encryption',
  identity: 'lowers proof',
  sources: 'believes more',
  disclosure: 'tells more',
  toll: 'may cost more',
  emergency: 'stops an emergency number',
};

export const lineFormTexts = {
  lines: {
    fields: fields as Readonly<Record<FieldName, FieldText>>,
    forms: forms as Readonly<Record<SectionName, { readonly title: string; readonly lead: string }>>,
    choices: {
      dns: 'The DNS says',
      udp: 'UDP',
      tcp: 'TCP',
      tls: 'TLS',
      e164: 'International: +31201234567',
      international: 'With what is dialled: 0031201234567',
      national: 'National: 0201234567',
      'as dialled': 'As it was dialled',
      'P-Asserted-Identity': 'P-Asserted-Identity',
      'P-Preferred-Identity': 'P-Preferred-Identity',
      'Remote-Party-ID': 'Remote-Party-ID',
      none: 'Nowhere',
      contact: 'By the Contact: every PBX can do that',
      path: 'By Path (RFC 3327)',
    } as Readonly<Record<string, string>>,
    more: 'More settings',
    yes: 'yes',
    no: 'no',
    there: 'is there',
    secret: 'not shown',
    nothing: 'nothing',
    weakens,
    weakenings,
    changes: 'What changes',
    changesLead:
      'Nothing is in force yet. The box follows within a second once you apply it; calls that go on are not cut.',
    noChanges: 'Nothing would change',
    noChangesLead: 'What you wrote is what the box was told already.',
    count: (count: number) => (count === 1 ? 'One setting changes' : `${count} settings change`),
    caption: 'Settings that change, before and after',
    setting: 'Setting',
    before: 'Before',
    after: 'After',
    lowered: 'This lowers a guard',
    reason: 'Why',
    reasonHint: 'A sentence. The audit log keeps it with your name.',
    logged: 'Who applies this, and which guards it lowers, is in the audit log before it is in force.',
    apply: 'Apply',
    back: 'Back',
    check: 'See what changes…',
    line: {
      trunks: 'Trunk',
      pbx: 'PBX',
      outbound: 'What may go out',
      numbering: 'Numbers',
      siprec: 'SIPREC',
      callLogs: 'Call log',
    } as Readonly<Record<string, string>>,
    test: 'Test the connection',
    testLead: 'Name, connection, certificate and SIP of each of its servers, step by step.',
    remove: 'Take it out',
  },
  trunk: {
    one: (id: string) => `Trunk ${id}`,
    add: 'Add a trunk…',
    addTitle: 'Add a trunk',
    addLead: 'A carrier, or another PBX, that brings and takes calls of the outside world.',
    all: 'All trunks',
    editLead: 'Change what is wrong, then see what changes before it is in force.',
    removeLead: 'Its calls go by another trunk from then on, if there is one. Calls that go on are not cut.',
    facts: 'As it is now',
    unused: 'It is not in use: the call process does not answer.',
    server: 'Server',
    numbers: 'Numbers',
    exception: 'Exception',
    noException: 'none: TLS and SRTP',
    exceptionUntil: (day: string) => `without TLS until ${day}`,
    exceptionOver: (day: string) => `ended ${day}`,
  },
  outbound: {
    title: 'What may go out',
    closed: 'Only emergency calls go out',
    open: (prefixes: string) => `Calls to ${prefixes} go out`,
    lead: 'Nothing goes out that is not allowed here: a stolen phone password must not cost a fortune.',
    link: 'What may go out…',
    allowed: 'May be called',
    denied: 'Not, of these',
    emergency: 'Always',
    night: 'At night',
    nightOf: (from: string, until: string, weekend: boolean) =>
      `from ${from} to ${until}${weekend ? ', and at weekends' : ''}`,
    noNight: 'as by day',
    only: (prefixes: string) => `only ${prefixes}`,
    nobody: 'nothing else',
    perUser: 'One phone',
    perTrunk: 'One trunk',
    caps: (calls: string, minutes: string) => `${calls} calls and ${minutes} minutes a day`,
    atOnce: (calls: string) => `${calls} at once, `,
  },
  pbxPage: {
    none: 'This box stands in front of no PBX',
    noneLead:
      'With one, its phones register through the box, with their passwords there; lamps and messages pass untouched.',
    up: (domain: string) => `The PBX ${domain} answers`,
    down: (domain: string) => `The PBX ${domain} does not answer`,
    unknown: 'It is not known how the PBX is',
    downLead: 'Registered phones may go on calling each other for a while. Test the connection to see what is wrong.',
    unknownLead: 'The call process does not answer, or has not taken these settings yet. Look again in a minute.',
    lead: (users: number) =>
      users === 1 ? 'One user is registered through the box.' : `${users} users are registered through the box.`,
    domain: 'Domain',
    set: 'Put the box in front of a PBX',
    edit: 'Settings',
    registered: 'Who is registered through it',
    registeredCaption: 'Phones of the PBX, by user',
    registeredNone: 'Nobody yet. Point the phones at this box as their outbound proxy, with TLS and SRTP.',
    user: 'User',
    where: 'Where',
    expires: 'Renews within',
    seconds: (count: string) => `${count} s`,
    removeLead: 'Its phones can no longer register through the box. Calls that go on are not cut.',
  },
};

export type LineFormTexts = typeof lineFormTexts;
