import type { AttemptTexts } from '../en/attempts.ts';

export const attemptTexts: AttemptTexts = {
  attempts: {
    title: 'Pogingen om zich aan te melden',
    lead: 'Van de laatste twee uur, alleen in het geheugen; nieuwste eerst.',
    caption: 'Pogingen van dit toestel, nieuwste eerst',
    none: 'Er is geen poging van dit toestel bekend.',
    noneMore:
      'Misschien is een ander apparaat of adres ingesteld, is er geen netwerk, of brak het af voordat het zei wie het is: kijk hieronder.',
    down: 'Het gespreksproces antwoordt niet, dus geen poging is bekend.',
    when: 'Wanneer',
    from: 'Vanaf',
    outcome: 'Wat er gebeurde',
    times: (count) => `${count} keer`,
    agent: 'Noemt zich',
    number: 'Nummer',
    others: 'Wat een toestel geweest kan zijn',
    othersLead: 'Verbindingen die afbraken voordat iemand zei wie het was, en adressen die buitengesloten zijn.',
    strangers: 'Nummers die geen toestel bewees te zijn',
    strangersLead: 'Een toestel met een verkeerd nummer of geheim, een verwijderd toestel, of iemand die raadt.',
    strangersCaption: 'Geprobeerde nummers, nieuwste eerst',
    handshakesCaption: 'Verbindingen die afbraken, nieuwste eerst',
    bansCaption: 'Adressen die buitengesloten zijn',
    address: 'Adres',
    until: 'Tot',
    bannedHint: 'Om er weer naar te luisteren: belkluis sip bans lift ADRES --as NAAM.',
    all: 'Toestellen die zich niet aanmelden',
    allLink: 'Waarom meldt een toestel zich niet aan?',
    well: 'De laatste twee uur mislukte niets',
    outcomes: {
      ok: 'Aangemeld.',
      removed: 'Het meldde zich af.',
      asked:
        'Het werd naar zijn geheim gevraagd en gaf geen antwoord. Het geheim of het domein ontbreekt: het domein is wat het apparaat zijn realm noemt.',
      stale: 'Het antwoordde op een oude vraag en werd opnieuw gevraagd: gewoon na een pauze.',
      malformed: 'Zijn antwoord is niet te lezen, of geen MD5-digest. Laat de firmware bijwerken.',
      wrong_secret:
        'Het geheim is fout. Maak een nieuwe link, of typ het geheim opnieuw; let op de gebruiker om aan te melden.',
      unknown_number: 'Zo’n toestel is er hier niet. Voeg het toe, of verbeter het nummer in het toestel.',
      unheard: 'Iemand raadt naar dit nummer, dus even werd niemand gehoord. Het probeert het vanzelf opnieuw.',
      other_number:
        'Het meldt zich aan als een ander nummer dan waarvoor. Zet gebruiker, nummer en aanmeldnaam gelijk.',
      plain:
        'Het kwam zonder TLS en heeft geen uitzondering. Zet het transport op TLS, of geef een uitzondering met een einde.',
      exception_over:
        'Het kwam zonder TLS, en zijn uitzondering is geëindigd. Zet het transport op TLS, of geef een nieuw einde.',
      domain: 'Het meldt zich aan bij een ander domein dan dit apparaat heeft. Verbeter het domein, of de SIP-server.',
      contact: 'Zijn Contact is niet te lezen. Laat de firmware bijwerken.',
      too_short: 'Het wil zich voor minder dan een minuut aanmelden. Zet de aanmelding op 600 seconden.',
      too_many: 'Te veel toestellen delen dit nummer. Verwijder er een, of laat oude aanmeldingen verlopen.',
      out_of_order:
        'Zijn berichten kwamen in de verkeerde volgorde, zoals na een kopie op het netwerk. Het probeert het vanzelf opnieuw.',
      pbx_refused:
        'De centrale weigerde het. Kijk bij de centrale: misschien is de gebruiker daar onbekend, of mag het niet vanaf het apparaat.',
      pbx_silent: 'De centrale antwoordde niet. Test de verbinding met haar.',
    },
    faults: {
      untrusted:
        'Het toestel vertrouwt het certificaat van het apparaat niet. Laad het certificaat, of laat het zijn instellingen opnieuw ophalen.',
      clock: 'Het toestel zegt dat het certificaat niet van deze tijd is. Zijn klok is fout: stel zijn tijdserver in.',
      old_tls: 'Het toestel spreekt geen nieuwere TLS dan 1.1, en die is gebroken. Laat de firmware bijwerken.',
      no_tls: 'Het sprak geen TLS op de TLS-poort. Zet het transport op TLS.',
      no_cipher:
        'Het toestel en het apparaat hebben geen gemeenschappelijke versleuteling. Laat de firmware bijwerken.',
      broke_off:
        'Het brak de handdruk zonder een woord af: vaak vertrouwt het het certificaat niet, of het is een scanner.',
    },
    bans: {
      scanner: 'Buitengesloten: het noemde zich een programma dat telefoons zoekt om in te breken.',
      names: 'Buitengesloten: het gaf zich voor veel nummers uit en bewees er geen.',
      guesses: 'Buitengesloten: het gaf steeds een fout geheim, zoals een toestel met een oud geheim.',
      flood: 'Buitengesloten: het stuurde veel te veel.',
    },
  },
};
