import type { ProblemCode } from '../../problems.ts';
import { alertProblems } from './alert-problems.ts';

/** Wat er geweigerd wordt. */
export const problems: Readonly<Record<ProblemCode, string>> = {
  not_here: 'Zo’n pagina is er niet, of er staat niets van u op.',
  cross_site: 'Dit kwam van een andere pagina, dus er is niets gedaan. Open de pagina hier en probeer het opnieuw.',
  too_large: 'Wat u stuurde is te groot.',
  too_many: 'Er komen te veel verzoeken van uw adres. Wacht even.',
  password_differs: 'De twee wachtwoorden verschillen. Typ ze opnieuw.',
  body_wrong: 'Dit verzoek is niet te begrijpen. Open de pagina opnieuw.',
  unavailable:
    'Dit is niet gelukt, en er is niets veranderd. Probeer het zo opnieuw, of zeg het wie deze server beheert.',

  command_box_unknown: 'Zo’n box is er niet, of hij is niet actief. Open de lijst van boxen opnieuw.',
  commands_too_many: 'Een opdracht gaat naar ten hoogste 5.000 boxen. Maak het filter nauwer.',
  session_over: 'Uw sessie is voorbij. Meld u opnieuw aan.',
  second_factor_needed: 'Stel eerst uw tweede factor in, of geef die. Tot dan kan er niets anders.',
  not_allowed: 'Uw rol omvat dit niet. Vraag het een eigenaar van uw MSP.',
  msp_archived: 'Uw MSP is gearchiveerd. Vraag het wie deze server beheert.',
  login_refused:
    'Het e-mailadres of het wachtwoord klopt niet. Probeer het opnieuw; in het wachtwoord tellen hoofdletters.',
  login_wait: 'Te veel pogingen zijn mislukt. Wacht, en probeer het dan opnieuw.',
  login_busy: 'Te veel mensen melden zich op dit moment aan. Probeer het over een paar seconden opnieuw.',
  login_crowded: 'Te veel mensen melden zich op dit moment aan. Probeer het over een paar minuten opnieuw.',
  code_refused: 'Deze code klopt niet, of is al gebruikt. Wacht op de volgende in uw authenticator-app.',
  code_expired: 'Tussen wachtwoord en code verliep te veel tijd. Begin opnieuw met uw wachtwoord.',
  sign_in_again:
    'U hebt hier geen tweede factor om te tonen dat u het nog bent. Meld u af, meld u aan via uw provider en stel er binnen een half uur een in.',
  totp_there: 'Er is al een authenticator-app ingesteld.',
  totp_not_begun: 'Begin eerst met het instellen van de authenticator-app.',
  enrolled_already: 'Intussen is een tweede factor ingesteld. Meld u daarmee aan.',
  passkey_refused:
    'Deze passkey is hier niet bekend, of kon niet worden nagegaan. Probeer het opnieuw, of meld u aan met uw wachtwoord.',
  passkey_provider:
    'Uw account komt van een identiteitsprovider. Meld u eerst daar aan; dan is deze passkey uw tweede factor.',
  passkey_unknown: 'U hebt zo’n passkey niet.',
  last_factor: 'Dit is uw enige tweede factor. Stel eerst een andere in.',
  passkeys_full: 'U hebt zoveel passkeys als er passen. Verwijder er eerst een.',
  password_short: 'Het wachtwoord is te kort. Gebruik minstens 12 tekens, zoals vier woorden.',
  password_long: 'Het wachtwoord is te lang. Gebruik hoogstens 256 tekens.',
  invitation_refused: 'Deze uitnodiging is niet geldig, of is al gebruikt. Vraag wie haar stuurde om een andere.',
  invitations_full: 'Te veel uitnodigingen wachten nog. Trek er eerst een paar in.',
  invitation_unknown: 'Zo’n uitnodiging is er niet. Misschien is zij gebruikt.',
  email_invalid: 'Geef een e-mailadres.',
  email_taken: 'Er is hier al iemand met dit e-mailadres.',
  grants_invalid:
    'Geef minstens één rol, elk van de hele MSP, van één klant of van één locatie. Een eigenaar heeft de hele MSP.',
  grants_changed: 'Iemand anders heeft deze rollen intussen gewijzigd, dus er is niets gedaan. Bekijk ze opnieuw.',
  person_unknown: 'Zo iemand is er niet.',
  people_full: 'Deze MSP heeft zoveel mensen als er passen. Verwijder er eerst een.',
  last_owner:
    'Dit is de enige eigenaar die zich kan aanmelden. Maak eerst iemand anders eigenaar, en laat die zich aanmelden.',
  scope_too_small: 'Uw rol omvat een deel van de MSP. Vraag het iemand wiens rol alles omvat.',
  token_refused: 'Dit token is niet geldig, of zijn tijd is voorbij. Maak een ander.',
  token_unvouched:
    'Wie dit token maakte, komt binnen via een identiteitsprovider en is daar 30 dagen niet, of niet meer, binnengelaten. Zodra diegene daar weer inlogt, werkt het token weer.',
  token_acts: 'Kies minstens één ding dat het token mag, uit wat u mag en een token kan.',
  token_days: 'Kies 1 tot 365 dagen.',
  token_unknown: 'Zo’n token is er niet.',
  tokens_full: 'U hebt zoveel tokens als er passen. Beëindig er eerst een.',

  provider_unknown: 'Zo’n identiteitsprovider is er niet.',
  provider_invalid:
    'Iets aan deze identiteitsprovider is niet zoals het moet. Verbeter het veld dat hier genoemd wordt.',
  provider_changed:
    'Iemand anders heeft deze identiteitsprovider intussen veranderd. Open hem opnieuw en verander hem dan.',
  provider_issuer:
    'Wie bij een andere uitgever hoort is iemand anders. Voeg de nieuwe toe naast deze en verwijder deze daarna.',
  providers_full: 'Deze MSP heeft zoveel identiteitsproviders als er passen. Verwijder er eerst een.',
  provider_last_owner:
    'Zonder deze provider kan geen eigenaar zich aanmelden. Laat eerst een uitgenodigde eigenaar een passkey instellen en de provider loskoppelen, of nodig een eigenaar met een wachtwoord uit.',
  provider_unreachable:
    'De identiteitsprovider antwoordt niet. Probeer het opnieuw; blijft het zo, kijk dan of zijn adres klopt en vanaf deze server bereikbaar is.',
  provider_unfit:
    'Deze identiteitsprovider mist een token-adres of openbare sleutels. Vraag wie hem beheert om OpenID Connect met de code-stroom.',
  provider_moved:
    'De identiteitsprovider noemt andere adressen dan toen hij werd toegevoegd. Een eigenaar kijkt of dat klopt, en slaat hem opnieuw op.',
  provider_secret_lost:
    'Het geheim van de provider is met de sleutel van deze server niet te openen. Een eigenaar voert het opnieuw in.',
  provider_expired: 'Dit aanmelden duurde te lang, was al klaar, of begon in een andere browser. Begin opnieuw.',
  provider_denied: 'De identiteitsprovider zegt dat u niet verder wilde. Begin opnieuw, of meld u anders aan.',
  provider_refused:
    'Het antwoord van de identiteitsprovider hoort niet bij dit aanmelden, of was niet na te gaan. Begin opnieuw; blijft het zo, zeg het een eigenaar.',
  provider_not_admitted:
    'De identiteitsprovider kent u, maar uw adres of account hoort niet bij wie hier binnen mag. Vraag het een eigenaar.',
  provider_nobody: 'Bij dit account hoort hier niemand. Vraag een eigenaar om een uitnodiging.',
  provider_address: 'De identiteitsprovider noemt van u geen bevestigd e-mailadres. Vraag het wie hem beheert.',
  provider_address_differs:
    'De uitnodiging is voor een ander e-mailadres dan de identiteitsprovider heeft bevestigd. Vraag een eigenaar om een uitnodiging voor dat adres.',
  provider_address_taken:
    'Er is hier al iemand met dit e-mailadres. Bent u dat, meld u dan aan zoals eerst en verbind de provider met uw account.',
  provider_taken: 'Dit account bij de provider hoort al bij iemand hier.',
  provider_rule:
    'U bent hier via deze provider, dus u komt alleen daarmee binnen. Een eigenaar kan u hier verwijderen en in plaats daarvan uitnodigen.',
  provider_linked: 'Een ander account bij deze provider is met het uwe verbonden. Verbreek dat eerst.',
  provider_factor_missing:
    'De identiteitsprovider zei niet dat hij om een tweede factor vroeg. Meld u daar met een tweede factor aan, en dan hier opnieuw.',

  msp_unknown: 'Zo’n MSP is er niet.',
  customer_unknown: 'Zo’n klant is er niet. Ga terug naar de lijst van klanten.',
  site_unknown: 'Zo’n locatie is er niet. Ga terug naar de klant.',
  name_invalid: 'Geef een naam van 1 tot 80 tekens.',
  name_taken: 'Er is hier al iets met deze naam. Kies een andere.',
  country_invalid: 'Geef het land met zijn twee letters, zoals NL.',
  time_zone_invalid: 'Geef de tijdzone met haar plaats, zoals Europe/Amsterdam.',
  archived: 'Dit is gearchiveerd. Haal het eerst terug.',
  box_unknown: 'Zo’n box is er niet. Ga terug naar de lijst van boxen.',
  tag_invalid: 'Een label heeft 1 tot 30 leesbare tekens en geen komma.',
  tags_too_many: 'Een box heeft hoogstens 10 labels. Haal er eerst een weg.',
  msp_tags_too_many:
    'Er zijn al 200 verschillende labels. Gebruik er een van, of haal er eerst een weg bij alle boxen.',
  view_unknown: 'Zo’n weergave is er niet. Open de lijst van boxen opnieuw.',
  view_empty: 'Deze weergave filtert niets. Filter de lijst eerst, en bewaar haar dan.',
  views_full: 'Er zijn al 20 weergaven. Verwijder er eerst een.',
  box_taken: 'Deze box wordt al beheerd. Wie hem beheert moet hem eerst vrijgeven.',
  cursor_invalid: 'Deze bladzijde is er niet meer. Begin met de eerste van de lijst.',

  log_empty: 'In het log staat nog niets.',
  log_unsigned: 'Het log is hier nog niet ondertekend. Dat gebeurt elk kwartier.',
  event_unknown: 'Zo’n regel is er niet in het log.',
  box_not_watched: 'Van het log van deze box is niets bekend.',

  code_unreadable: 'Dit is geen koppelcode: die heeft 13 letters en cijfers. Vergelijk hem met wat de box toont.',
  code_unknown:
    'Geen box toont de fleet nu deze code. Kijk of de box zegt dat hij de fleet bereikt, en of zijn code niet ouder is dan een dag.',
  code_claimed:
    'Deze code is al ingetypt. Op de pagina van de locatie staat hoe ver het is; na intrekken of weigeren maakt de box een andere code.',
  claim_wait: 'Te veel codes klopten niet. Wacht tien minuten.',
  agreement_missing:
    'Met deze klant is er geen verwerkersovereenkomst, dus er mag geen box van hen worden gekoppeld. Sluit er eerst een.',
  agreement_expired:
    'De verwerkersovereenkomst met deze klant is verlopen, dus er mag geen box van hen worden gekoppeld. Verleng haar eerst.',
  name_unusable:
    'De naam van de MSP of van de locatie kan op een box niet worden getoond: alleen letters, cijfers en eenvoudige tekens, hoogstens 80.',
  claim_unknown: 'Zo’n koppeling is er niet, of zij is voorbij. Kijk op de pagina van de locatie.',

  provider_missing: 'De fleet weet niet wie haar beheert. Vraag dat degene die deze server beheert.',
  language_unknown: 'Kies een van de talen en, nl, de, fr.',
  text_invalid: 'Schrijf een tekst van 1 tot 4000 leesbare tekens.',
  date_invalid: 'Geef een dag die bestaat, zoals 2027-12-31.',
  digest_invalid: 'Geef een SHA-256: 64 cijfers en letters a tot f.',
  agreement_unknown: 'Zo’n overeenkomst met deze klant is er niet, of zij is beëindigd.',
  agreement_not_sent:
    'Aan deze klant is geen tekst gestuurd die getekend kon worden. Stuur er eerst een, of leg de scan van een eigen tekst vast.',
  agreement_signed_late: 'Een overeenkomst kan niet in de toekomst zijn getekend.',
  agreement_ends_early: 'Een overeenkomst kan niet eindigen voor zij is getekend.',
  notice_unknown: 'Zo’n melding aan deze klant is er niet.',
  notice_over: 'De tijd om tegen deze wijziging bezwaar te maken is voorbij.',
  incident_unknown: 'Zo’n incident is er niet, of het gaat u niet aan.',
  region_locked: 'De configuratie van deze fleet houdt alles in één regio, en dit land ligt daarbuiten.',
  transfer_blocked:
    'Dit land ligt buiten de EER. Noem het mechanisme (adequacy, scc, bcr), de SHA-256 van het document en de dag waarop de doorgifte is beoordeeld. Voor de Verenigde Staten telt adequaatheid niet: zij rust op het Data Privacy Framework, dat wordt betwist.',
  destination_undeclared:
    'De fleet verbindt alleen met wat compliance.destinations in haar configuratie noemt, met doel en land. Zet het daarin, of laat weg wat de fleet niet moet gebruiken.',

  level_unknown: 'Zo’n MSP, klant, locatie of box is er hier niet.',
  level_invalid: 'Dit niveau zegt iets dat geen beleid kan zeggen. Verbeter het genoemde veld.',
  level_changed: 'Iemand anders heeft dit niveau intussen gewijzigd. Bekijk wat het nu zegt, en wijzig dat.',
  level_locked: 'Een niveau erboven heeft dit vergrendeld. Vraag het wie dat schreef, of laat het hier weg.',
  document_invalid: 'Dit is geen beleid van een box. Breng current.json uit zijn beleidsmap, zoals het is.',
  document_large: 'Het beleid is te groot om te versturen. Kort in wat hier genoemd is; een bericht vat 32.768 bytes.',
  documents_full: 'Er zijn zoveel beleidsstukken van klanten gebracht als er passen. Zeg het wie deze server beheert.',
  nothing_chosen: 'Er is geen box gekozen. Kies boxen, of locaties of klanten die er hebben.',
  too_many_boxes: 'Dit zijn meer boxen dan één uitrol neemt. Kies er minder, en maak een tweede.',
  nothing_to_sign: 'Van geen van deze boxen verandert het beleid. Er is niets te ondertekenen.',
  preview_old:
    'Wat ondertekend zou worden is niet wat u bekeek: een niveau of een box is intussen veranderd. Bekijk het opnieuw, en onderteken dan.',
  some_cannot:
    'Enkele van deze boxen zouden het weigeren, of mogen het niet krijgen. Laat ze weg, of verbeter wat hier genoemd is.',
  signed_meanwhile: 'Iemand anders ondertekende op hetzelfde moment voor een van deze boxen. Bekijk het opnieuw.',
  rings_invalid: 'De ringen kloppen niet. Verbeter wat hier genoemd is.',
  rollout_unknown: 'Zo’n uitrol is er niet.',
  rollout_over: 'Deze uitrol is voorbij: klaar of geannuleerd.',
  rollout_not_halted: 'Deze uitrol is niet gestopt.',
  rollout_changed: 'De uitrol veranderde op dit moment. Bekijk hem opnieuw.',
  policy_key_elsewhere:
    'De sleutel waarmee deze MSP beleid ondertekent staat niet op deze machine. Kopieer de map policy-keys van waar hij is gemaakt.',
  ...alertProblems,
};
