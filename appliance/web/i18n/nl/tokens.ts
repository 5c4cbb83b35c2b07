/** Teksten van de tokens waarmee programma's opnamen sturen. */
import type { TokensProblems, TokensTexts } from '../en/tokens.ts';
import { meervoud } from './findings.ts';

export const tokensProblems: TokensProblems = {
  token_unknown: 'Zo’n token is er niet. Het is geëindigd, of ingetrokken.',
  token_name_taken: 'Er is al een token met deze naam. Kies een andere, of trek dat eerst in.',
  token_extensions:
    'Noem hoogstens 200 toestellen: letters, cijfers, punten, streepjes, liggende streepjes en plustekens. Of kies alle toestellen.',
  token_wishes: 'Kies wat het programma mag.',
  token_end: 'Een token eindigt op zijn vroegst morgen, en binnen een jaar.',
  token_right:
    'Alleen een sleutelhouder of een FG laat een programma opnamen beginnen of wissen. Kies alleen onderbreken en hervatten, of vraag het hun.',
  tokens_full: 'Dit apparaat heeft zoveel tokens als het kan. Trek er eerst een in.',
};

export const tokensTexts: TokensTexts = {
  tokens: {
    count: (count) => `${count} ${meervoud(count, 'programma mag', 'programma’s mogen')} opnamen bedienen`,
    none: 'Geen programma bedient opnamen',
    lead: 'Een programma met een token, zoals een CRM of een softphone, onderbreekt en hervat de opname van het gesprek van een toestel. Het leert geen nummer en hoort niets.',
    link: 'Programma’s die opnamen bedienen',
    caption: 'Tokens, op naam',
    program: 'Programma',
    extensions: 'Toestellen',
    all: 'Alle toestellen',
    may: 'Mag',
    used: 'Laatst gebruikt',
    never: 'nog niet',
    ends: 'Eindigt',
    madeBy: 'Gemaakt door',
    cli: 'de opdrachtregel',
    wishes: { pause: 'Onderbreken', resume: 'Hervatten', record: 'Beginnen', object: 'Stoppen en wissen' },
    revoke: 'Intrekken',
    revokeOf: (name) => `Token van ${name} intrekken`,
    revokeLead: 'Een ingetrokken token wordt meteen geweigerd. Wat het onderbroken heeft, gaat vanzelf verder.',
    makeLink: 'Token maken…',
    make: 'Token maken',
    makeLead: 'Eén voor elk programma, zodat u er een kunt intrekken zonder de andere te stoppen.',
    name: 'Naam van het programma',
    nameHint: 'Zoals u het in deze lijst en in de auditlog herkent, bijvoorbeeld CRM van verkoop.',
    which: 'Wiens gesprekken',
    some: 'Alleen van deze toestellen',
    named: 'Toestellen',
    namedHint: 'Met spaties of komma’s ertussen. Wie het token heeft, ziet wanneer deze in gesprek zijn.',
    wish: 'Wat het mag',
    wishHint: 'Een doel kan nog weigeren: wat de wet bewaart, wordt niet onderbroken en niet gewist.',
    until: 'Eindigt na',
    untilHint: 'Binnen een jaar. Maak dan een nieuw.',
    code: 'Code',
    codeHint: 'Zes cijfers uit uw authenticator-app: een token leeft langer dan uw sessie.',
    verb: 'Token maken',
    made: (name) => `Het token van ${name}`,
    madeMore: 'Het wordt deze ene keer getoond en nergens bewaard. Zet het waar het programma zijn geheimen bewaart.',
    token: 'Token',
    try: 'Probeer het',
    tryMore:
      'Bewaar eerst het certificaat van het apparaat als box.pem, en zet het token in TOKEN. docs/api.md noemt de antwoorden.',
    certificate: 'Certificaat van het apparaat',
    back: 'Alle programma’s',
  },
};
