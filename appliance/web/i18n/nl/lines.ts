/** Teksten van de lijnen naar buiten. */
import type { LineTexts } from '../en/lines.ts';

export const lineTexts: LineTexts = {
  trunks: {
    title: 'Trunks',
    well: 'Elke trunk is er',
    attention: 'Een trunk vraagt aandacht',
    none: 'Dit apparaat heeft geen trunk',
    noneMore: 'Gesprekken blijven in huis. Voeg een trunk toe om het apparaat een telecomaanbieder te leren kennen.',
    notYet: 'Nog niet in gebruik',
    unknown: 'Hoe het met de trunks is, is niet bekend',
    unknownMore:
      'Het gespreksproces antwoordt niet. Het wordt vanzelf opnieuw gestart; kijk over een minuut nog eens en waarschuw dan IT.',
    lead: 'Ze brengen gesprekken naar de toestellen van een nummer, en nemen gesprekken mee die de regels van dit apparaat naar buiten laten.',
    caption: 'Trunks en hun toestand',
    trunkName: 'Trunk',
    state: 'Toestand',
    until: 'Aangemeld tot',
    heard: 'Laatst gehoord',
    calls: 'Gesprekken nu',
    callsOf: (calls, most) => `${calls} van ${most}`,
    never: 'nog nooit',
    registered: 'Aangemeld',
    answers: 'Antwoordt',
    asking: 'Meldt zich nu aan',
    down: 'Antwoordt niet: gesprekken gaan over een andere trunk, als die er is',
    plain: 'mag voorlopig zonder versleuteling',
    faults: {
      wrong_password:
        'Weigert het account of het wachtwoord. Controleer beide bij de aanbieder; het apparaat probeert het over enkele minuten opnieuw',
      no_answer: 'Antwoordt niet op de aanmelding. Controleer het adres, en of een firewall haar tegenhoudt',
      unreachable:
        'Is niet bereikbaar, of toont een ander certificaat. Controleer het adres, het netwerk en het certificaat',
      name_unknown:
        'De DNS kent geen server met deze naam waarmee gesproken mag worden. Controleer de naam, en of TLS wordt aangeboden',
      busy: 'Neemt op dit moment niets aan. Het apparaat probeert het vanzelf opnieuw',
      refused: 'Weigert de aanmelding. Vraag de aanbieder waarom',
    },
    fault: (code) => `Is niet aangemeld (${code})`,
    caps: 'Vandaag bereikte grenzen',
    capsLead: 'Wie dit niet verwachtte, moet naar dat toestel kijken: het wachtwoord kan in andere handen zijn.',
    phone: (name) => `Toestel ${name}`,
    trunk: (name) => `Trunk ${name}`,
    stopped: 'Sindsdien geweigerd',
    capNames: {
      user_at_once: 'gesprekken tegelijk',
      user_calls: 'gesprekken van de dag',
      user_minutes: 'minuten van de dag',
      trunk_calls: 'gesprekken van de dag',
      trunk_minutes: 'minuten van de dag',
    },
  },
};
