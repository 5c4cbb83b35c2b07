import type { AlertWords } from './words.ts';

export const nl: AlertWords = {
  codes: {
    offline: {
      title: 'Apparaat niet gehoord',
      says: 'Het apparaat heeft geen verbinding met de fleet. Het neemt ook zonder verbinding op.',
      advice: 'Kijk of het stroom heeft en of het netwerk daar het naar buiten laat.',
    },
    clock_skew: {
      title: 'Klok verkeerd',
      says: 'De klok van het apparaat wijkt meer dan twee minuten af van die van de fleet.',
      advice: 'Kijk of het apparaat zijn tijdserver bereikt.',
    },
    policy_refused: {
      title: 'Beleid geweigerd',
      says: 'Het apparaat of iemand daar heeft het beleid geweigerd. Het vorige blijft van kracht.',
      advice: 'Lees de reden op de pagina van het apparaat, verbeter het beleid en onderteken het opnieuw.',
    },
    policy_pending_long: {
      title: 'Beleid wacht op een besluit',
      says: 'Het beleid wacht al meer dan een week op een besluit bij het apparaat. Zonder besluit wordt het weggelegd.',
      advice: 'Vraag de FG daar om te besluiten.',
    },
    policy_drift: {
      title: 'Ander beleid van kracht',
      says: 'Op het apparaat is een ander beleid van kracht dan gewenst.',
      advice: 'Vergelijk de twee op de pagina van het apparaat. Misschien heeft iemand daar een beleid toegepast.',
    },
    policy_altered: {
      title: 'Beleid dat niemand tekende',
      says: 'Het apparaat weigerde een beleid dat hier niemand tekende: het is veranderd in de database of onderweg. Wat van kracht was, blijft dat.',
      advice:
        'Zeg het wie de server beheert. Vergelijk het beleid op de pagina van het apparaat voordat u iets nieuws tekent.',
    },
    rollout_halted: {
      title: 'Uitrol stilgezet',
      says: 'Een uitrol van beleid is stilgezet omdat te veel apparaten het weigerden of niet konden toepassen.',
      advice:
        'Kijk op de pagina van de uitrol wat de apparaten zeggen, verbeter het beleid en ga dan door of breek af.',
    },
    audit_silent: {
      title: 'Logboek niet gehoord',
      says: 'Het apparaat heeft een dag lang de kop van zijn logboek niet getoond.',
      advice: 'Kijk of het apparaat verbonden is. Is dat zo, kijk dan daar naar het logboek.',
    },
    audit_fork: {
      title: 'Twee verschillende logboeken',
      says: 'Het apparaat heeft twee logboeken ondertekend die niet allebei waar kunnen zijn. Beide ondertekende koppen zijn als bewijs bewaard.',
      advice: 'Licht de FG in. Verander niets aan het apparaat tot iemand ze heeft vergeleken.',
    },
    audit_rollback: {
      title: 'Logboek korter dan eerst',
      says: 'Het apparaat heeft een logboek ondertekend dat korter is dan een eerder. Beide ondertekende koppen zijn als bewijs bewaard.',
      advice: 'Vraag of het apparaat uit een back-up is teruggezet. Deed niemand dat, licht dan de FG in.',
    },
    audit_inconsistent: {
      title: 'Logboek sluit niet aan',
      says: 'Het logboek van het apparaat sluit niet aan op wat eerder is gezien. Beide ondertekende koppen zijn als bewijs bewaard.',
      advice: 'Licht de FG in. Verander niets aan het apparaat tot iemand ze heeft vergeleken.',
    },
    software_stale: {
      title: 'Software is oud',
      says: 'Er is al meer dan 30 dagen een nieuwere versie, en het apparaat heeft die niet.',
      advice: 'Werk het apparaat bij. Wat er veranderde staat bij de versie.',
    },
    software_vulnerable: {
      title: 'Bekende kwetsbaarheid',
      says: 'Een kwetsbaarheid in software van het apparaat is al meer dan 30 dagen bekend.',
      advice: 'Werk het apparaat bij naar een versie zonder. Welke het is, staat op de pagina van het apparaat.',
    },
    certificate_cloned: {
      title: 'Certificaat dubbel gebruikt',
      says: 'Twee programma’s gebruiken het certificaat van dit apparaat. Het certificaat of de schijf is gekopieerd.',
      advice: 'Trek het apparaat in en koppel het opnieuw. Zoek uit wie de schijf had.',
    },
    memory_lost: {
      title: 'Apparaat telt opnieuw',
      says: 'Het apparaat nummert zijn berichten opnieuw: het verloor zijn geheugen, is uit een kopie teruggezet, of er zijn er twee.',
      advice: 'Vraag wie eraan werkt. Is dat niemand, trek het dan in.',
    },
    foreign_access: {
      title: 'Grijpt naar wat niet van hem is',
      says: 'Het apparaat wilde lezen of schrijven wat van een ander apparaat is. Dat is geweigerd.',
      advice: 'De software is veranderd of iemand heeft de sleutel. Trek het bij twijfel in.',
    },
    flooded: {
      title: 'Stuurt te veel',
      says: 'Het apparaat stuurde meer dan het te zeggen kan hebben en is verbroken. Andere apparaten merkten er niets van.',
      advice: 'Kijk wat erop draait. Gaat het door, trek het dan in.',
    },
    malformed: {
      title: 'Stuurt wat niet te lezen is',
      says: 'Het apparaat stuurde berichten die niet zijn zoals afgesproken. Ze zijn niet aangenomen.',
      advice: 'Kijk of de software van een uitgave is die deze fleet kent.',
    },
    replayed: {
      title: 'Berichten uit een andere tijd',
      says: 'Het apparaat stuurde berichten die ver vooruit gedateerd zijn, of ouder dan het er bewaart. Ze zijn niet aangenomen.',
      advice: 'Kijk naar de klok van het apparaat. Is die goed, dan herhaalt iemand oude berichten.',
    },
    agreement_ending: {
      title: 'Overeenkomst loopt af',
      says: 'De verwerkersovereenkomst met de klant eindigt binnen 30 dagen.',
      advice: 'Onderteken de volgende en voer die in.',
    },
    agreement_ended: {
      title: 'Overeenkomst afgelopen',
      says: 'De verwerkersovereenkomst met de klant is afgelopen. Er kunnen geen apparaten meer worden gekoppeld.',
      advice: 'Onderteken een nieuwe en voer die in, of laat de apparaten vertrekken.',
    },
    enrolment_locked: {
      title: 'Te veel verkeerde koppelcodes',
      says: 'Er zijn verkeerde koppelcodes ingetikt, daarom wacht het koppelen even.',
      advice: 'Vraag wie ze intikte. Lees de code nog eens van het apparaat.',
    },
  },
  levels: { warn: 'aandacht', bad: 'dringend' },
  kinds: { opened: 'Nieuw', worse: 'Erger', cleared: 'Voorbij' },
  notices: {
    kinds: {
      agreement_ends: 'Verwerkersovereenkomst loopt af',
      agreement_ended: 'Verwerkersovereenkomst is afgelopen',
      subprocessor_change: 'Wijziging van subverwerkers',
      incident: 'Incident',
    },
    drill: 'Oefening',
    concerns: 'Betreft',
    more: (count) => `en nog ${count}`,
  },
  mail: {
    subject: (msp, opened, cleared) =>
      `${msp}: ${[opened > 0 ? `${opened} nieuw` : '', cleared > 0 ? `${cleared} voorbij` : ''].filter(Boolean).join(', ')}`,
    testSubject: 'Proef van een kanaal',
    test: 'Dit is een proef. Meldingen van uw apparaten komen op dit adres.',
    since: (when) => `sinds ${when}`,
    more: (count) => `en nog ${count}, op de pagina met meldingen`,
    everywhere: 'uw organisatie',
    footer: 'U krijgt dit omdat uw organisatie dit adres heeft ingevoerd bij haar fleet van Belkluis-apparaten.',
  },
};
