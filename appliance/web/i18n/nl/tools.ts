import type { ToolsProblems, ToolsTexts } from '../en/tools.ts';
import { attemptTexts } from './attempts.ts';
import { meervoud } from './findings.ts';
import { lineTexts } from './lines.ts';

/** Sentences for what these pages refuse, by code. */
export const toolsProblems: ToolsProblems = {
  call_unknown: 'Dit gesprek is niet meer bekend. Wat gesprekken zeiden blijft twee uur, alleen in het geheugen.',
  phone_unknown: 'Er is geen toestel met deze naam.',
  phone_name: 'Een toestel heet naar 1 tot 64 letters, cijfers, punten, streepjes, lage streepjes of plustekens.',
  phone_exists: 'Er is al een toestel met deze naam. Kies een andere, of verwijder dat eerst.',
  exception_wrong: 'Een uitzondering eindigt op zijn vroegst morgen, en binnen een jaar.',
  vendor_unknown: 'Kies het merk van het toestel.',
  mac_wrong: 'Geef het MAC-adres van het toestel: twaalf hexadecimale cijfers, zoals op het etiket.',
  links_full: 'Te veel toestellen wachten op hun instellingen. Laat ze die eerst ophalen.',
  target_wrong: 'Dit is geen machine. Geef een naam of adres, en zo nodig poort en transport.',
  test_running: 'Er loopt al een verbindingstest. Wacht tot die klaar is.',
};

export const toolsTexts: ToolsTexts = {
  calls: {
    live: (count) =>
      count === 0 ? 'Niemand is nu in gesprek' : `${count} ${meervoud(count, 'gesprek loopt', 'gesprekken lopen')}`,
    down: 'Gesprekken zijn niet bekend',
    downMore:
      'Het gespreksproces draait niet, of antwoordt niet. Gesprekken zijn alleen bekend zolang het draait. Vertel het aan IT: kijk naar de unit en het logboek.',
    lead: 'Hoe gesprekken verliepen blijft twee uur, alleen in het geheugen. Wat er gezegd werd staat hier niet.',
    masked: 'Nummers zijn verborgen: uw rollen mogen zien hoe gesprekken verliepen, niet wie wie belde.',
    liveCaption: 'Gesprekken die lopen, nieuwste eerst',
    now: 'Nu',
    recent: 'De laatste twee uur',
    recentCaption: 'Gesprekken, nieuwste eerst',
    none: 'Er was geen gesprek in de laatste twee uur.',
    began: 'Begin',
    from: 'Van',
    to: 'Naar',
    outcome: 'Afloop',
    length: 'Duur',
    transport: 'Over',
    recording: 'Opgenomen',
    yes: 'Ja',
    no: 'Nee',
    more: (count) => `En nog ${count}.`,
    states: { ringing: 'Gaat over', answered: 'Loopt', ended: 'Goed beëindigd', failed: 'Kwam niet tot stand' },
    failed: (status, reason) => `${status} ${reason}`,
    why: {
      401: 'Het toestel bewees niet wie het is. Controleer gebruiker en geheim.',
      403: 'Het apparaat staat het niet toe: een ander account, geen TLS, of een nummer dat niet gebeld mag worden.',
      404: 'Niemand heeft hier dit nummer.',
      406: 'Het toestel wil iets anders dan geluid.',
      407: 'Het toestel bewees niet wie het is. Controleer gebruiker en geheim.',
      408: 'Niemand nam op tijd op.',
      480: 'Geen toestel van dit nummer is aangemeld, of geen is nu bereikbaar.',
      486: 'Daar is men al in gesprek.',
      487: 'De beller hing op voordat iemand opnam.',
      488: 'De toestellen hebben geen codec gemeen, of een biedt geen SRTP. Zet SRTP op verplicht in het toestel.',
      500: 'Het apparaat had geen plaats voor dit gesprek. Het logboek zegt waarom.',
      503: 'Het apparaat kon het niet aannemen: te druk, of het moet worden opgenomen en dat kan niet.',
      603: 'Daar is geweigerd.',
    },
    turns: 'Doorverbonden',
    cameFrom: 'Kwam uit een ander gesprek',
    wentOn: 'Ging verder als een ander gesprek',
    how: {
      transferred: { caller: 'De beller verbond door', callee: 'De gebelde verbond door' },
      attended: { caller: 'De beller verbond door na overleg', callee: 'De gebelde verbond door na overleg' },
      replaced: {
        caller: 'Een ander toestel nam het over van de beller',
        callee: 'Een ander toestel nam het over van de gebelde',
      },
      forwarded: {
        caller: 'Het toestel van de beller stuurde door',
        callee: 'Het toestel dat gebeld werd stuurde door',
      },
      returned: {
        caller: 'De centrale stuurde het opnieuw binnen: dezelfde woorden',
        callee: 'De centrale stuurde het opnieuw binnen: dezelfde woorden',
      },
    },
    turnedTo: (how, to) => (to === null ? how : `${how}, naar ${to}`),
    cameAbout: 'Gelukt',
    didNot: 'Niet gelukt',
    otherCall: (when) => (when === null ? 'Het andere gesprek' : `Het gesprek van ${when}`),
    otherUnrecorded: 'niet opgenomen',
    title: (when) => `Gesprek van ${when}`,
    between: (from, to) => `${from} naar ${to}`,
    unknown: 'onbekend',
    ladder: 'Wat er gezegd werd, en wanneer',
    ladderCaption: 'Berichten op volgorde: wie elk aan wie stuurde',
    ladderLead: 'Het apparaat staat tussen de partijen: elke kant is een eigen dialoog.',
    time: 'Tijd',
    box: 'Dit apparaat',
    sends: (from, to) => `van ${from} naar ${to}`,
    again: 'opnieuw gestuurd',
    messages: 'Berichten',
    messagesLead:
      'Zoals ze gingen, zonder sleutels, antwoorden op vragen om bewijs, ingetoetste cijfers en teksten die mensen schreven.',
    dropped: (count) => `${count} berichten ertussen waren te veel om te bewaren.`,
    capture: 'Bestand voor Wireshark',
    captureMore: 'Alleen signalering, nooit geluid. TCP en TLS staan er als UDP in, zodat ze leesbaar zijn.',
    facts: 'Over',
    counters: 'Signalering sinds de start',
    countersCaption: 'Wat geteld wordt, en hoe vaak het voorkwam',
    count: 'Aantal',
    event: 'Wat',
    other: 'Andere, met hun technische naam',
    counterNames: {
      'calls.started': 'Begonnen gesprekken',
      'calls.recorded': 'Begonnen opnamen',
      'calls.not_started': 'Gesprekken die het apparaat niet kon beginnen',
      'calls.transfers.failed': 'Doorverbinden dat niet lukte',
      'calls.media_lost': 'Gesprekken die hun mediaproces verloren',
      'calls.refused_unrecordable': 'Gesprekken geweigerd omdat ze moeten worden opgenomen en dat niet kon',
      'calls.challenged': 'Verzoeken zonder bewijs, om bewijs gevraagd: normaal',
      'calls.wrong_credentials': 'Foute geheimen: een toestel met een oud geheim, of iemand die raadt',
      'calls.malformed_credentials': 'Bewijzen die niet te lezen zijn',
      'calls.other_identity': 'Toestellen die als een ander belden',
      'calls.plain_refused': 'Toestellen zonder TLS en zonder uitzondering',
      'sip.request.refused': 'Verzoeken die geen goed SIP zijn',
      'sip.response.stray': 'Antwoorden op niets: te laat, of dubbel gestuurd',
      'sip.response.unusable': 'Antwoorden die niet te lezen zijn',
      'sip.flood.refused': 'Verzoeken geweigerd omdat een adres er te veel stuurde',
      'sip.flood.ignored': 'Verzoeken genegeerd omdat een adres er veel te veel stuurde',
      'sip.defence.guesses': 'Pogingen om geheimen te raden',
      'sip.defence.names': 'Pogingen om nummers te raden',
      'sip.defence.scanner': 'Programma’s die telefoons zoeken om in te breken',
      'sip.defence.flood': 'Adressen die het apparaat overspoelden',
      'sip.defence.banned': 'Buitengesloten adressen: belkluis sip bans list',
      'sip.defence.unheard': 'Pakketten daarvan waar niet naar gekeken is',
      'sip.udp.unsent': 'Pakketten die het netwerk niet aannam',
      'sip.udp.keepalive': 'Levenstekens van toestellen: normaal',
      'sip.udp.stun': 'STUN-levenstekens van toestellen: normaal',
      'sip.tls.handshake_failed':
        'Mislukte TLS-handdrukken: een toestel dat het apparaat niet vertrouwt, of een scanner',
      'sip.stream.refused': 'Verbindingen geweigerd omdat een adres er te veel heeft',
      'sip.stream.error': 'Verbroken verbindingen',
      'sip.stream.idle': 'Verbindingen gesloten omdat er niets kwam',
      'sip.stream.broken': 'Verbindingen gesloten omdat er geen SIP kwam',
      'sip.stream.unread': 'Verbindingen gesloten omdat de andere kant niet las',
      'sip.handler_failed': 'Fouten van het apparaat zelf: vertel het de makers',
    },
    test: 'Verbinding testen…',
  },
  phones: {
    count: (count) => `${count} ${meervoud(count, 'toestel', 'toestellen')}`,
    none: 'Nog geen toestellen',
    lead: (registered, all) => `${registered} van ${all} zijn nu bereikbaar.`,
    noneMore: 'Voeg er een toe, en laat het zijn instellingen ophalen met een link.',
    down: 'Het gespreksproces antwoordt niet, dus is niet bekend welke toestellen zijn aangemeld.',
    caption: 'Toestellen',
    phone: 'Toestel',
    state: 'Toestand',
    where: 'Waar',
    seen: 'Laatst gezien',
    leaves: 'Verdwijnt zonder gebruik',
    exception: 'Uitzondering',
    noException: 'geen: TLS en SRTP',
    exceptionUntil: (day) => `zonder TLS tot ${day}`,
    exceptionOver: (day) => `eindigde ${day}`,
    registered: 'Aangemeld',
    notRegistered: 'Niet aangemeld',
    unknown: 'Niet bekend',
    waits: (when) => `De link wacht tot ${when}`,
    add: 'Toestel toevoegen…',
    addTitle: 'Een toestel toevoegen',
    addLead: 'Het nummer is wat anderen bellen, en waarmee het toestel zich aanmeldt.',
    user: 'Nummer of naam',
    userHint: 'Letters, cijfers, punten, streepjes, lage streepjes en plustekens.',
    plainUntil: 'Zonder TLS en SRTP tot',
    plainHint: 'Alleen voor een toestel dat niet beter kan. Laat het leeg.',
    addVerb: 'Toevoegen',
    added: (user) => `${user} is toegevoegd`,
    addedMore:
      'Het geheim staat hier deze ene keer en wordt nergens bewaard. Typ het nu in het toestel, of sluit deze pagina en laat het toestel zijn instellingen ophalen met een link.',
    secret: 'Geheim',
    domain: 'Domein',
    server: 'Server',
    settings: 'Zet het toestel op TLS en SRTP (SDES), beide verplicht.',
    onePhone: (user) => `Toestel ${user}`,
    provision: 'Laat het zijn instellingen ophalen',
    provisionLead:
      'De link geldt één keer, één dag lang. Het geheim ontstaat als het toestel ophaalt, zodat alleen het toestel het kent; het vorige werkt dan niet meer.',
    vendor: 'Merk',
    vendors: { yealink: 'Yealink', snom: 'Snom', grandstream: 'Grandstream', generic: 'Een ander: een JSON-bestand' },
    mac: 'MAC-adres',
    macHint: 'Twaalf hexadecimale cijfers op het etiket van het toestel. Een ander merk heeft het niet nodig.',
    provisionVerb: 'Link maken',
    offered: (user) => `De link voor ${user}`,
    offeredMore:
      'Voer hem in het toestel in als provisioning-server. Hij staat hier deze ene keer: wie hem het eerst opent, heeft het geheim.',
    link: 'Link',
    until: 'Geldt tot',
    trust:
      'Het toestel moet het apparaat eerst vertrouwen: laad het certificaat in het toestel, of laat het de eerste keer elk certificaat aannemen.',
    certificate: 'Certificaat van het apparaat',
    test: 'Testen',
    testLead: 'Of het er is, antwoordt, en versleuteld is zoals het moet.',
    testVerb: 'Het toestel testen',
    remove: 'Verwijderen',
    removeLead: 'Het kan zich niet meer aanmelden en niet meer bellen. Een gesprek dat loopt wordt niet afgebroken.',
    removeVerb: 'Verwijderen',
    back: 'Alle toestellen',
  },
  connection: {
    title: 'Verbindingstest',
    lead: 'Wat een gesprek nodig heeft wordt stap voor stap geprobeerd, en wat er mis is wordt gezegd.',
    own: 'Het apparaat zelf',
    ownLead: 'Zijn SIP-poorten, zijn certificaat, zijn poorten voor geluid, zijn klok.',
    ownVerb: 'Het apparaat testen',
    other: 'Een andere machine',
    otherLead: 'Naam, verbinding, certificaat, SIP; en met een account of dat wordt aangenomen.',
    target: 'Host',
    targetHint: 'Naam of adres; zo nodig met poort en transport: pbx.example:5061;transport=tls',
    user: 'Gebruiker',
    userHint: 'Alleen om ook het account te proberen.',
    secret: 'Geheim van het account',
    otherVerb: 'Testen',
    known: 'Een lijn of toestel van dit apparaat',
    knownLead: 'Zoals het apparaat zelf haar bereikt, met wat het weet.',
    which: 'Welke',
    thePbx: (domain: string) => `Centrale ${domain}`,
    choose: 'Kies een uit de lijst.',
    well: 'Alles is goed',
    warned: 'Het werkt, maar kijk hiernaar',
    failed: 'Dit werkt niet',
    box: 'Het apparaat',
    caption: 'Stappen',
    step: 'Stap',
    state: 'Toestand',
    found: 'Wat gevonden werd',
    again: 'Iets anders testen',
    stepNames: {
      clock: 'Klok',
      ports: 'Poorten voor geluid',
      name: 'Naam',
      connect: 'Verbinding',
      tls: 'Certificaat',
      options: 'SIP',
      register: 'Account',
      phone: 'Aanmelding',
      transport: 'Signalering',
      sound: 'Geluid',
      exception: 'Uitzondering',
    },
    states: { ok: 'Goed', warn: 'Kijk hiernaar', failed: 'Mislukt' },
    steps: {
      clock_ok: () => 'Een tijddienst houdt de klok gelijk.',
      clock_unkept: () =>
        'Geen tijddienst houdt de klok van het apparaat gelijk. Certificaten en uitzonderingen hangen ervan af: zet NTP aan (timedatectl set-ntp true).',
      clock_differs: ({ seconds, host }) =>
        `De klokken van het apparaat en van ${host} lopen ${seconds} seconden uiteen. Met een foute klok mislukken certificaten: vergelijk beide met een klok die u vertrouwt.`,
      ports_ok: ({ tried }) => `${tried} van de UDP-poorten voor geluid zijn geprobeerd, en zijn er voor gesprekken.`,
      ports_taken: ({ tried, taken }) =>
        `${taken} van ${tried} UDP-poorten voor geluid zijn in gebruik. Zijn dat geen gesprekken, dan gebruikt een ander programma ze: kies een andere reeks in de configuratie.`,
      ports_all_taken: ({ first, last }) =>
        `Geen UDP-poort van ${first} tot ${last} is vrij, dus heeft geen gesprek geluid. Kijk welk programma ze gebruikt, of kies een andere reeks in de configuratie.`,
      ports_not_ours: ({ address }) =>
        `${address} is geen adres van deze machine. Verbeter "address" in de configuratie, of de netwerkinstellingen.`,
      ports_failed: ({ code }) => `Het systeem weigert UDP-poorten (${code}). Kijk naar zijn grenzen en zijn firewall.`,
      name_address: () => 'Er is een adres gegeven, dus hoefde geen naam te worden opgezocht.',
      name_ok: ({ host, found }) => `${host} is ${found}.`,
      name_unknown: ({ host }) =>
        `Het DNS kent geen ${host}. Controleer de schrijfwijze, en welke DNS-server het apparaat vraagt.`,
      name_no_dns: ({ host }) =>
        `Geen DNS-server antwoordde voor ${host}. Controleer het netwerk van het apparaat en zijn DNS-server.`,
      connect_ok: ({ target, ms }) => `${target} nam de verbinding aan in ${ms} ms.`,
      connect_refused: ({ target }) =>
        `${target} weigert de verbinding: de machine is er, maar op deze poort luistert niets. Controleer de poort, en of het andere programma draait.`,
      connect_silent: ({ target }) =>
        `${target} antwoordt niet. Een firewall laat de pakketten vallen, of geen machine heeft dit adres. Controleer beide.`,
      connect_no_way: ({ target }) =>
        `Er is geen weg naar ${target}. Controleer de kabel, het adres en de standaardroute van het apparaat.`,
      connect_failed: ({ target, code }) => `De verbinding met ${target} mislukte (${code}).`,
      tls_ok: ({ protocol, until }, f) => `Het certificaat klopt, en geldt tot ${f.date(until)} (${protocol}).`,
      tls_ends_soon: ({ until }, f) => `Het certificaat klopt, maar eindigt ${f.date(until)}. Laat het vernieuwen.`,
      tls_ended: ({ until }, f) =>
        `Het certificaat eindigde ${f.date(until)}. Laat het vernieuwen, of zet de klok van het apparaat goed als die fout is.`,
      tls_not_yet: ({ from }, f) =>
        `Het certificaat geldt pas vanaf ${f.date(from)}. De klok van het apparaat, of van wie het certificaat maakte, is fout.`,
      tls_other_name: ({ host, names }) =>
        `Het certificaat is voor ${names}, niet voor ${host}. Geef de naam waarvoor het gemaakt is, of laat het voor deze maken.`,
      tls_self_signed: ({ fingerprint }) =>
        `De andere kant ondertekende haar certificaat zelf, dus kan het van iedereen zijn. Vergelijk de vingerafdruk met de eigenaar, en geef het apparaat het certificaat om te vertrouwen: ${fingerprint}`,
      tls_unknown_issuer: ({ issuer }) =>
        `Het apparaat kent de uitgever van het certificaat niet (${issuer}), of de andere kant stuurt de certificaten ertussen niet mee. Laat de hele keten sturen, of geef het apparaat het certificaat van de uitgever.`,
      tls_too_old: () =>
        'De andere kant spreekt niets nieuwers dan TLS 1.1, en dat is gebroken. Laat haar bijwerken naar TLS 1.2 of 1.3.',
      tls_none: ({ target }) =>
        `${target} spreekt geen TLS. Dit kan de poort voor TCP zijn: TLS is meestal 5061, TCP 5060.`,
      tls_refused: ({ code }) =>
        `De andere kant brak de TLS-handdruk af (${code}). Misschien eist ze een certificaat van het apparaat, of hebben ze geen versleuteling gemeen.`,
      options_ok: ({ status, reason, ms }) => `Er wordt SIP geantwoord: ${status} ${reason}, na ${ms} ms.`,
      options_asks: ({ status }) =>
        `Er wordt SIP geantwoord, met de vraag wie er belt (${status}). Dat is goed: de aanmelding zal het leren.`,
      options_unwilling: ({ status, reason }) =>
        `Er wordt SIP geantwoord met ${status} ${reason}. Misschien is het adres van het apparaat daar niet bekend, of is het er te druk: vraag de eigenaar.`,
      options_silent: () =>
        'Er wordt geen SIP geantwoord. Bij UDP kan het een foute poort of een firewall zijn; bij TCP en TLS luistert daar iets anders dan SIP.',
      options_lost: () =>
        'De verbinding werd gesloten voordat er antwoord kwam. Misschien luistert daar iets anders dan SIP, of wordt niemand toegelaten.',
      register_ok: () => 'Het account wordt aangenomen. De aanmelding is meteen teruggegeven.',
      register_credentials: () =>
        'De gebruiker of het geheim wordt niet aangenomen. Typ beide opnieuw; let op hoofdletters en kleine letters.',
      register_unknown: () => 'Deze gebruiker is daar niet bekend, of niet in dit domein.',
      register_forbidden: ({ status, reason }) =>
        `Dit account mag zich van hier niet aanmelden (${status} ${reason}). Vraag de eigenaar of het adres van het apparaat is toegestaan.`,
      register_refused: ({ status, reason }) => `De aanmelding wordt geweigerd: ${status} ${reason}.`,
      register_silent: () => 'OPTIONS werd beantwoord, de aanmelding niet.',
      register_untrusted: () =>
        'Het account is niet geprobeerd: de andere kant bewees niet wie ze is. Breng eerst haar certificaat in orde.',
      tls_other_certificate: ({ fingerprint }) =>
        `Zij toont een ander certificaat dan genoemd is. Heeft de eigenaar een nieuw, noem dat dan: ${fingerprint}`,
      register_stands: ({ until }, f) =>
        until === null ? 'Het apparaat is daar aangemeld.' : `Het apparaat is daar aangemeld tot ${f.time(until)}.`,
      register_fails: ({ why }) =>
        `Het apparaat is daar niet aangemeld. ${lineTexts.trunks.faults[why] ?? lineTexts.trunks.fault(why)}.`,
      register_begins: () => 'Het apparaat meldt zich daar nu aan. Kijk over een minuut nog eens.',
      register_none: () => 'Het apparaat meldt zich daar niet aan: de andere kant kent het aan zijn adres.',
      phone_registered: ({ where, seconds }) =>
        `Het is aangemeld vanaf ${where}, en vernieuwt dat binnen ${seconds} seconden.`,
      phone_missing: () =>
        'Het is niet aangemeld, en probeerde het de laatste tijd niet. Kijk of het stroom heeft, netwerk, en dit apparaat als SIP-server.',
      phone_gone: ({ at }, f) =>
        `Het meldde zich om ${f.time(at)} aan, en zijn verbinding is sindsdien verbroken. Een toestel komt binnen minuten vanzelf terug: zo niet, kijk of het stroom en netwerk heeft.`,
      phone_left: ({ at }, f) =>
        `Het meldde zich om ${f.time(at)} af, zoals een toestel doet dat wordt uitgezet of opnieuw ingesteld.`,
      phone_refused: ({ why, at }, f) =>
        `Het is niet aangemeld. De laatste poging was om ${f.time(at)}: ${attemptTexts.attempts.outcomes[why] ?? why}`,
      phone_unknown: () => 'Het gespreksproces antwoordt niet, dus is niet bekend of het toestel aangemeld is.',
      options_phone_silent: () =>
        'Het antwoordt nu niet, dus gesprekken bereiken het niet. Misschien staat het uit, of vergat een router of firewall zijn verbinding: laat het zich vaker aanmelden.',
      transport_tls: () => 'Zijn signalering is versleuteld (TLS), zoals het moet.',
      transport_excepted: ({ transport }) =>
        `Zijn signalering is niet versleuteld (${transport}). Zijn uitzondering staat dat voorlopig toe.`,
      transport_plain: ({ transport }) =>
        `Zijn signalering is niet versleuteld (${transport}), en het heeft geen uitzondering meer: zijn gesprekken en volgende aanmelding worden geweigerd. Zet het op TLS.`,
      sound_keyed: ({ how }) => `Het geluid van zijn laatste gesprek werd aangeboden met ${how}.`,
      sound_plain: () =>
        'Het geluid van zijn laatste gesprek werd zonder SRTP aangeboden. Zet SRTP op het toestel op verplicht.',
      sound_unseen: () =>
        'Het heeft sinds de start van het apparaat niet gebeld, dus is niet bekend of het SRTP doet. Laat het bellen.',
      exception_none: () => 'Het heeft geen uitzondering: TLS en SRTP.',
      exception_runs: ({ until }, f) => `Het mag tot ${f.date(until)} zonder TLS en SRTP.`,
      exception_over: ({ until }, f) =>
        `Zijn uitzondering eindigde op ${f.date(until)}: zonder TLS en SRTP wordt het geweigerd.`,
    },
  },
};
