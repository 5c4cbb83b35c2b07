import type { AlertProblem } from '../../problems.ts';

export const alertProblems: Readonly<Record<AlertProblem, string>> = {
  alert_unknown: 'Zo’n melding is er niet. Misschien is zij intussen voorbij: ga terug naar de lijst met meldingen.',
  alert_not_closable: 'Deze melding gaat vanzelf als haar oorzaak weg is. Bevestig of demp haar.',
  mute_unknown: 'Zo’n demping is er niet. Ga terug naar de lijst met meldingen.',
  mute_invalid: 'Demp tot een tijd in het komende jaar, of tot het erger wordt.',
  mutes_full: 'Uw MSP heeft zo veel dempingen als er passen. Beëindig wat niet meer nodig is.',
  note_invalid: 'Schrijf een notitie van hoogstens 500 tekens.',
  reason_missing: 'Zeg waarom, in hoogstens 500 tekens: anderen vragen ernaar.',
  target_unknown: 'Deze klant, locatie of box is er niet, of uw rol omvat die niet.',
  window_unknown: 'Zo’n onderhoudsvenster is er niet. Ga terug naar de lijst.',
  window_invalid: 'Het venster moet eindigen nadat het begint, op dagen die bestaan, en mag niet al voorbij zijn.',
  windows_full: 'Uw MSP heeft zo veel onderhoudsvensters als er passen. Verwijder wat voorbij is.',
  channel_unknown: 'Zo’n kanaal is er niet. Ga terug naar de lijst van kanalen.',
  channel_invalid: 'Zo kan dit kanaal niet zijn. Verbeter het veld dat hier staat.',
  channels_full: 'Uw MSP heeft zo veel kanalen als er passen. Verwijder er eerst een.',
  channel_no_webhook: 'Alleen webhooks hebben een geheim.',
  delivery_unknown: 'Er is geen bericht dat niet kon worden gemeld.',
  send_failed: 'Het bericht kon niet worden verstuurd. Zeg het wie deze server beheert.',
  notice_past: 'Niet verstuurd: tegen die tijd was het niet meer zo.',
  test_wait: 'Er is net een proef gestuurd. Wacht tien seconden en probeer het opnieuw.',
  mail_not_configured: 'Deze server heeft geen mailserver. Vraag wie hem beheert „mail” in de configuratie te zetten.',
  mail_failed: 'De mailserver nam het bericht niet aan. Kijk wat hij zegt, en of adres en wachtwoord kloppen.',
  webhook_address_refused:
    'De naam van de webhook leidt naar een adres in een netwerk, waar deze server niets heen stuurt. Geef er een op internet, of vraag wie de server beheert het toe te staan.',
  webhook_name_unknown: 'De naam van de webhook leidt nergens heen. Verbeter hem.',
  webhook_not_declared:
    'Deze server mag geen verbinding maken met waar de webhook staat. Een nieuwe webhook is na een seconde bekend: probeer het opnieuw. Blijft het zo, vraag het wie de server beheert.',
  webhook_redirected: 'De ontvanger verwijst door, en dat wordt niet gevolgd. Geef het laatste adres zelf.',
  webhook_refused:
    'De ontvanger nam het bericht niet aan. Kijk in zijn log; hij moet met een status van 200 tot 299 antwoorden.',
  webhook_gone: 'De ontvanger zegt dat hij voorgoed weg is. Het kanaal is uitgezet.',
  webhook_slow: 'De ontvanger deed er langer dan 15 seconden over. Hij moet eerst antwoorden en dan werken.',
  webhook_answer_large: 'De ontvanger antwoordt met meer dan 16 KiB. Een status is genoeg.',
  webhook_unreachable: 'De ontvanger is niet met HTTPS te bereiken. Kijk of hij draait en of zijn certificaat goed is.',
};
