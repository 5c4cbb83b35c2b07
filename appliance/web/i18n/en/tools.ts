/** Texts for the person on site: calls and their signalling, phones, the connection test. */
import type { StepCode, StepName, StepState, StepValues } from '../../../connection/steps.ts';
import type { VendorName } from '../../../provisioning/vendors.ts';
import type { Formats } from '../formats.ts';
import { attemptTexts } from './attempts.ts';
import { plural } from './findings.ts';
import { lineTexts } from './lines.ts';

export type StepTexts = { [Code in StepCode]: (values: StepValues<Code>, f: Formats) => string };

const steps: StepTexts = {
  clock_ok: () => 'A time service keeps the clock.',
  clock_unkept: () =>
    'No time service keeps the clock of the box. Certificates and exceptions depend on it: switch on NTP (timedatectl set-ntp true).',
  clock_differs: ({ seconds, host }) =>
    `The clocks of the box and of ${host} are ${seconds} seconds apart. Certificates fail when a clock is wrong: compare both with a clock that you trust.`,
  ports_ok: ({ tried }) => `${tried} of the UDP ports for sound were tried, and are there for calls.`,
  ports_taken: ({ tried, taken }) =>
    `${taken} of ${tried} UDP ports for sound are in use. If these are not calls, another program uses them: choose another range in the configuration.`,
  ports_all_taken: ({ first, last }) =>
    `No UDP port from ${first} to ${last} is free, so no call has sound. See which program uses them, or choose another range in the configuration.`,
  ports_not_ours: ({ address }) =>
    `${address} is not an address of this machine. Correct "address" in the configuration, or the network settings.`,
  ports_failed: ({ code }) => `The system refuses UDP ports (${code}). Look at its limits and its firewall.`,
  name_address: () => 'An address was given, so no name had to be looked up.',
  name_ok: ({ host, found }) => `${host} is ${found}.`,
  name_unknown: ({ host }) => `The DNS knows no ${host}. Check how it is written, and which DNS server the box asks.`,
  name_no_dns: ({ host }) => `No DNS server answered for ${host}. Check the network of the box and its DNS server.`,
  connect_ok: ({ target, ms }) => `${target} took the connection in ${ms} ms.`,
  connect_refused: ({ target }) =>
    `${target} refuses the connection: the machine is there, but nothing listens on this port. Check the port, and that the other program runs.`,
  connect_silent: ({ target }) =>
    `${target} does not answer. A firewall drops the packets, or no machine has this address. Check both.`,
  connect_no_way: ({ target }) =>
    `There is no way to ${target}. Check the cable, the address and the default route of the box.`,
  connect_failed: ({ target, code }) => `The connection to ${target} failed (${code}).`,
  tls_ok: ({ protocol, until }, f) => `The certificate is right, and good until ${f.date(until)} (${protocol}).`,
  tls_ends_soon: ({ until }, f) => `The certificate is right, but ends ${f.date(until)}. Have it renewed.`,
  tls_ended: ({ until }, f) =>
    `The certificate ended ${f.date(until)}. Have it renewed, or correct the clock of the box if that is wrong.`,
  tls_not_yet: ({ from }, f) =>
    `The certificate counts from ${f.date(from)} only. The clock of the box, or of whoever made the certificate, is wrong.`,
  tls_other_name: ({ host, names }) =>
    `The certificate is for ${names}, not for ${host}. Give the name that it was made for, or have it made for this one.`,
  tls_self_signed: ({ fingerprint }) =>
    `The other side signed its certificate itself, so it could be anybody's. Compare its fingerprint with the owner, and give the box the certificate to trust: ${fingerprint}`,
  tls_unknown_issuer: ({ issuer }) =>
    `The box does not know who issued the certificate (${issuer}), or the other side does not send the certificates between. Have the whole chain sent, or give the box the issuer's certificate.`,
  tls_too_old: () =>
    'The other side speaks nothing newer than TLS 1.1, which is broken. Have it updated to TLS 1.2 or 1.3.',
  tls_none: ({ target }) => `${target} speaks no TLS. This may be its port for TCP: TLS is usually 5061, TCP 5060.`,
  tls_refused: ({ code }) =>
    `The other side broke off the TLS handshake (${code}). It may demand a certificate of the box, or share no cipher with it.`,
  options_ok: ({ status, reason, ms }) => `It answers SIP: ${status} ${reason}, after ${ms} ms.`,
  options_asks: ({ status }) => `It answers SIP, and asks who calls (${status}). That is well: registration will tell.`,
  options_unwilling: ({ status, reason }) =>
    `It answers SIP with ${status} ${reason}. It may not know the address of the box, or be overloaded: ask its owner.`,
  options_silent: () =>
    'It does not answer SIP. Over UDP this may be a wrong port or a firewall; over TCP and TLS, something other than SIP listens there.',
  options_lost: () =>
    'The connection was closed before an answer came. Something other than SIP may listen there, or it lets nobody in.',
  register_ok: () => 'It takes the account. The registration was given back at once.',
  register_credentials: () => 'It does not take the user or the secret. Type both again; mind upper and lower case.',
  register_unknown: () => 'It does not know this user, or not in this domain.',
  register_forbidden: ({ status, reason }) =>
    `It forbids this account to register from here (${status} ${reason}). Ask its owner whether the address of the box is allowed.`,
  register_refused: ({ status, reason }) => `It refuses the registration: ${status} ${reason}.`,
  register_silent: () => 'It answered OPTIONS, but not the registration.',
  register_untrusted: () =>
    'The account was not tried: the other side did not prove who it is. First put its certificate right.',
  tls_other_certificate: ({ fingerprint }) =>
    `It shows another certificate than the one that was named. If its owner has a new one, name that: ${fingerprint}`,
  register_stands: ({ until }, f) =>
    until === null ? 'The box is registered there.' : `The box is registered there until ${f.time(until)}.`,
  register_fails: ({ why }) =>
    `The box is not registered there. ${lineTexts.trunks.faults[why] ?? lineTexts.trunks.fault(why)}.`,
  register_begins: () => 'The box registers there now. Look again in a minute.',
  register_none: () => 'The box does not register there: the other side knows it by its address.',
  phone_registered: ({ where, seconds }) =>
    `It is registered from ${where}, and renews that within ${seconds} seconds.`,
  phone_missing: () =>
    'It is not registered, and has not tried lately. Look whether it has power, network, and this box as its SIP server.',
  phone_gone: ({ at }, f) =>
    `It registered at ${f.time(at)}, and its connection has ended since. A phone comes back by itself within minutes: if not, look whether it has power and network.`,
  phone_left: ({ at }, f) => `It signed off at ${f.time(at)}, as a phone does that is switched off or set up anew.`,
  phone_refused: ({ why, at }, f) =>
    `It is not registered. Its last try was at ${f.time(at)}: ${attemptTexts.attempts.outcomes[why] ?? why}`,
  phone_unknown: () => 'The call process does not answer, so it is not known whether the phone is registered.',
  options_phone_silent: () =>
    'It does not answer now, so calls do not reach it. It may be switched off, or a router or firewall forgot its connection: have it registered more often.',
  transport_tls: () => 'Its signalling is encrypted (TLS), as it must be.',
  transport_excepted: ({ transport }) =>
    `Its signalling is not encrypted (${transport}). Its exception allows that for now.`,
  transport_plain: ({ transport }) =>
    `Its signalling is not encrypted (${transport}), and it has no exception any more: its calls and its next registration are refused. Set it to TLS.`,
  sound_keyed: ({ how }) => `The sound of its last call was offered with ${how}.`,
  sound_plain: () => 'The sound of its last call was offered without SRTP. Set SRTP to mandatory on the phone.',
  sound_unseen: () =>
    'It has not called since the box started, so it is not known whether it does SRTP. Have it make a call.',
  exception_none: () => 'It has no exception: TLS and SRTP.',
  exception_runs: ({ until }, f) => `It may do without TLS and SRTP until ${f.date(until)}.`,
  exception_over: ({ until }, f) => `Its exception ended ${f.date(until)}: without TLS and SRTP it is refused.`,
};

/** Sentences for what these pages refuse, by code. */
export const toolsProblems = {
  call_unknown: 'This call is not remembered any more. What calls said is kept for two hours, in memory alone.',
  phone_unknown: 'There is no such phone.',
  phone_name: 'A phone is named by 1 to 64 letters, digits, dots, dashes, underscores or plus signs.',
  phone_exists: 'There is a phone of this name already. Choose another, or take that one out first.',
  exception_wrong: 'An exception ends tomorrow at the earliest, and within a year.',
  vendor_unknown: 'Choose the vendor of the phone.',
  mac_wrong: 'Give the MAC address of the phone: twelve hex digits, as on its label.',
  links_full: 'Too many phones wait for their settings. Let them fetch theirs first.',
  target_wrong: 'This names no machine. Give a name or an address, and if need be port and transport.',
  test_running: 'A connection test goes on. Wait until it has ended.',
};

export type ToolsProblems = { readonly [Code in keyof typeof toolsProblems]: string };

export const toolsTexts = {
  calls: {
    live: (count: number) =>
      count === 0 ? 'Nobody is talking now' : `${count} ${plural(count, 'call goes on', 'calls go on')}`,
    down: 'Calls are not known',
    downMore:
      'The call process does not run, or does not answer. Calls are known only while it runs. Tell IT: look at its unit and its log.',
    lead: 'How calls went is kept for two hours, in memory alone. What was said in them is not here.',
    masked: 'Numbers are masked: your roles may see how calls went, not who called whom.',
    liveCaption: 'Calls that go on, newest first',
    now: 'Now',
    recent: 'The last two hours',
    recentCaption: 'Calls, newest first',
    none: 'There was no call in the last two hours.',
    began: 'Began',
    from: 'From',
    to: 'To',
    outcome: 'Outcome',
    length: 'Length',
    transport: 'Over',
    recording: 'Recorded',
    paused: 'Paused',
    steer: { pause: 'Pause', resume: 'Go on', record: 'Record', object: 'Stop and erase' },
    yes: 'Yes',
    no: 'No',
    more: (count: string) => `And ${count} more.`,
    states: { ringing: 'Rings', answered: 'Goes on', ended: 'Ended well', failed: 'Did not come about' },
    failed: (status: number, reason: string) => `${status} ${reason}`,
    why: {
      401: 'The phone did not prove who it is. Check its user and secret.',
      403: 'The box does not allow it: another account, no TLS, or a number that may not be called.',
      404: 'Nobody has this number here.',
      406: 'The phone wants something else than sound.',
      407: 'The phone did not prove who it is. Check its user and secret.',
      408: 'Nobody answered in time.',
      480: 'No phone of this number is registered, or none may be reached now.',
      486: 'They are talking already.',
      487: 'The caller hung up before anybody answered.',
      488: 'The phones have no codec in common, or one offers no SRTP. Set SRTP to mandatory on the phone.',
      500: 'The box had no room for this call. Its log says why.',
      503: 'The box could not take it: overloaded, or it must be recorded and cannot be.',
      603: 'They refused.',
    } as Record<number, string>,
    turns: 'Transfers',
    cameFrom: 'Came out of another call',
    wentOn: 'Went on as another call',
    how: {
      transferred: { caller: 'The caller transferred it', callee: 'Whoever was called transferred it' },
      attended: {
        caller: 'The caller transferred it after asking first',
        callee: 'Whoever was called transferred it after asking first',
      },
      replaced: {
        caller: 'Another phone took the caller’s place',
        callee: 'Another phone took the place of whoever was called',
      },
      forwarded: { caller: 'The caller’s phone sent it on', callee: 'The phone that was called sent it on' },
      returned: {
        caller: 'The PBX sent it in again: the same words',
        callee: 'The PBX sent it in again: the same words',
      },
    },
    turnedTo: (how: string, to: string | null) => (to === null ? how : `${how}, to ${to}`),
    cameAbout: 'Came about',
    didNot: 'Did not come about',
    otherCall: (when: string | null) => (when === null ? 'The other call' : `The call of ${when}`),
    otherUnrecorded: 'not recorded',
    title: (when: string) => `Call of ${when}`,
    between: (from: string, to: string) => `${from} to ${to}`,
    unknown: 'unknown',
    ladder: 'What was said, and when',
    ladderCaption: 'Messages in order: who sent each to whom',
    ladderLead: 'The box stands between its peers: each side is a dialog of its own.',
    time: 'Time',
    box: 'This box',
    sends: (from: string, to: string) => `from ${from} to ${to}`,
    again: 'sent again',
    messages: 'Messages',
    messagesLead:
      'As they went, without keys, answers to challenges, digits that were typed and texts that people wrote.',
    dropped: (count: string) => `${count} messages between were too many to keep.`,
    capture: 'Capture file for Wireshark',
    captureMore: 'Signalling alone, never sound. TCP and TLS are written as UDP, so that they can be read.',
    facts: 'About',
    counters: 'Signalling since the start',
    countersCaption: 'What is counted, and how often it was',
    count: 'Count',
    event: 'What',
    other: 'Others, by their technical name',
    counterNames: {
      'calls.started': 'Calls begun',
      'calls.recorded': 'Recordings begun',
      'calls.not_started': 'Calls that the box could not begin',
      'calls.transfers.failed': 'Transfers that did not come about',
      'calls.media_lost': 'Calls that lost their media worker',
      'calls.refused_unrecordable': 'Calls refused because they must be recorded and could not be',
      'calls.challenged': 'Requests without proof, asked for it: normal',
      'calls.wrong_credentials': 'Wrong secrets: a phone with an old one, or somebody who guesses',
      'calls.malformed_credentials': 'Proofs that cannot be read',
      'calls.other_identity': 'Phones that called as somebody else',
      'calls.plain_refused': 'Phones without TLS and without an exception',
      'sip.request.refused': 'Requests that are no good SIP',
      'sip.response.stray': 'Answers to nothing: late, or sent twice',
      'sip.response.unusable': 'Answers that cannot be read',
      'sip.flood.refused': 'Requests refused because an address sent too many',
      'sip.flood.ignored': 'Requests dropped because an address sent far too many',
      'sip.defence.guesses': 'Guesses at secrets',
      'sip.defence.names': 'Guesses at numbers',
      'sip.defence.scanner': 'Programs that look for telephones to break into',
      'sip.defence.flood': 'Addresses that flooded the box',
      'sip.defence.banned': 'Addresses that were shut out: belkluis sip bans list',
      'sip.defence.unheard': 'Packets of those that were not looked at',
      'sip.udp.unsent': 'Packets that the network did not take',
      'sip.udp.keepalive': 'Keep-alives of phones: normal',
      'sip.udp.stun': 'STUN keep-alives of phones: normal',
      'sip.tls.handshake_failed': 'TLS handshakes that failed: a phone that does not trust the box, or a scanner',
      'sip.stream.refused': 'Connections refused because an address has too many',
      'sip.stream.error': 'Connections that broke',
      'sip.stream.idle': 'Connections closed because nothing came',
      'sip.stream.broken': 'Connections closed because what came is no SIP',
      'sip.stream.unread': 'Connections closed because the other side did not read',
      'sip.handler_failed': 'Faults of the box itself: tell the makers',
    } as Record<string, string>,
    test: 'Test a connection…',
  },
  phones: {
    count: (count: number) => `${count} ${plural(count, 'phone', 'phones')}`,
    none: 'No phones yet',
    lead: (registered: number, all: number) => `${registered} of ${all} can be reached now.`,
    noneMore: 'Add one, then let it fetch its settings by a link.',
    down: 'The call process does not answer, so it is not known which phones are registered.',
    caption: 'Phones',
    phone: 'Phone',
    state: 'State',
    where: 'Where',
    seen: 'Last seen',
    leaves: 'Leaves unless used',
    exception: 'Exception',
    noException: 'none: TLS and SRTP',
    exceptionUntil: (day: string) => `without TLS until ${day}`,
    exceptionOver: (day: string) => `ended ${day}`,
    registered: 'Registered',
    notRegistered: 'Not registered',
    unknown: 'Not known',
    waits: (when: string) => `Its link waits until ${when}`,
    add: 'Add a phone…',
    addTitle: 'Add a phone',
    addLead: 'The number is what others dial, and what the phone signs in as.',
    user: 'Number or name',
    userHint: 'Letters, digits, dots, dashes, underscores and plus signs.',
    plainUntil: 'Without TLS and SRTP until',
    plainHint: 'Only for a phone that cannot do better. Leave it empty.',
    addVerb: 'Add',
    added: (user: string) => `${user} was added`,
    addedMore:
      'Its secret is shown this once and kept nowhere. Type it into the phone now, or close this page and let the phone fetch its settings by a link.',
    secret: 'Secret',
    domain: 'Domain',
    server: 'Server',
    settings: 'Set the phone to TLS and SRTP (SDES), both mandatory.',
    onePhone: (user: string) => `Phone ${user}`,
    provision: 'Let it fetch its settings',
    provisionLead:
      'The link counts once, for a day. The secret is made when the phone fetches it, so only the phone knows it; the one before stops working then.',
    vendor: 'Vendor',
    vendors: {
      yealink: 'Yealink',
      snom: 'Snom',
      grandstream: 'Grandstream',
      generic: 'Another: a JSON file',
    } satisfies Record<VendorName, string>,
    mac: 'MAC address',
    macHint: 'Twelve hex digits on the label of the phone. Another kind of phone needs none.',
    provisionVerb: 'Make a link',
    offered: (user: string) => `The link for ${user}`,
    offeredMore:
      'Enter it into the phone as its provisioning server. It is shown this once: whoever fetches it first has the secret.',
    link: 'Link',
    until: 'Counts until',
    trust:
      'The phone must trust the box first: load its certificate into the phone, or, for the first time, let it accept any.',
    certificate: 'Certificate of the box',
    test: 'Test it',
    testLead: 'Whether it is there, answers, and is encrypted as it must be.',
    testVerb: 'Test the phone',
    remove: 'Take it out',
    removeLead: 'It can neither register nor call any more. A call that goes on is not cut.',
    removeVerb: 'Take out',
    back: 'All phones',
  },
  connection: {
    title: 'Connection test',
    lead: 'What a call needs is tried step by step, and what is wrong is said.',
    own: 'The box itself',
    ownLead: 'Its SIP ports, its certificate, its ports for sound, its clock.',
    ownVerb: 'Test the box',
    other: 'Another machine',
    otherLead: 'Name, connection, certificate, SIP; and with an account, whether it is taken.',
    target: 'Host',
    targetHint: 'Name or address; with port and transport if need be: pbx.example:5061;transport=tls',
    user: 'User',
    userHint: 'Only to try the account too.',
    secret: 'Secret of the account',
    otherVerb: 'Test',
    known: 'A line or phone of this box',
    knownLead: 'As the box itself reaches it, by what it was told.',
    which: 'Which',
    thePbx: (domain: string) => `PBX ${domain}`,
    choose: 'Choose one of the list.',
    well: 'All is well',
    warned: 'It works, but look at this',
    failed: 'This does not work',
    box: 'The box',
    caption: 'Steps',
    step: 'Step',
    state: 'State',
    found: 'What was found',
    again: 'Test something else',
    stepNames: {
      clock: 'Clock',
      ports: 'Ports for sound',
      name: 'Name',
      connect: 'Connection',
      tls: 'Certificate',
      options: 'SIP',
      register: 'Account',
      phone: 'Registration',
      transport: 'Signalling',
      sound: 'Sound',
      exception: 'Exception',
    } satisfies Record<StepName, string>,
    states: { ok: 'Well', warn: 'Look at it', failed: 'Failed' } satisfies Record<StepState, string>,
    steps,
  },
};

export type ToolsTexts = typeof toolsTexts;
