/** Wat de gezondheid zegt, in het Nederlands. */
import type { HealthWords } from './words.ts';

export const nl: HealthWords = {
  checks: {
    audit: 'Auditlog',
    witness: 'Getuige',
    clock: 'Klok',
    keys: 'Sleutels',
    policy: 'Beleid',
    register: 'Register van verwerkingen',
    assessment: 'Effectbeoordeling',
    notices: 'Mededelingen aan medewerkers',
    recording: 'Opnemen bewezen',
    test_call: 'Testgesprek',
    calls: 'Gesprekken',
    sound: 'Geluid',
    phones: 'Telefoons',
    pbx: 'Telefooncentrale',
    trunks: 'Trunks',
    call_logs: 'Belregisters',
    copies: 'Gekopieerde gesprekken',
    attacks: 'Aanvallen op telefoons',
    erasure: 'Wissen',
    keystore: 'Voorgoed wissen',
    holds: 'Bewaarplicht',
    backup: 'Back-up',
    drill: 'Oefening',
    sealed_files: 'Verzegelde bestanden',
    storage: 'Opslag',
    processor: 'Processor',
    temperature: 'Temperatuur',
    memory: 'Geheugen',
    certificate: 'Certificaat',
    uplink: 'Verbinding met de fleet',
    software: 'Software',
  },
  codes: {
    audit_unwritable: {
      says: 'De auditlog kan niet geschreven worden, dus er wordt niets geopend en niemand meldt zich aan. Opnemen gaat door.',
      advice: 'Waarschuw IT: misschien is de schijf vol, of heeft het bestand een andere eigenaar.',
    },
    audit_tampered: {
      says: 'De auditlog is niet meer wat er geschreven werd.',
      advice:
        'Verander niets, laat de schijf zoals hij is en waarschuw de FG. `belkluis audit verify` noemt de eerste regel die niet klopt.',
    },
    witness_none: {
      says: 'Niemand buiten dit apparaat onthoudt de log, dus een oude kopie van de gegevens zou niet opvallen.',
      advice: 'Stel een getuige in.',
    },
    witness_late: {
      says: 'De getuige heeft de log al een tijd niet medeondertekend.',
      advice: 'Waarschuw IT: kijk of de getuige bereikbaar is.',
    },
    witness_refused: {
      says: 'De fleet, als getuige, onthoudt een andere log dan die hier staat: hij is ingekort, teruggezet of tweemaal verteld.',
      advice:
        'Waarschuw de FG en de MSP: vergelijk `belkluis audit` met wat de fleet bewaarde voordat er iets wordt gewist.',
    },
    time_behind: {
      says: 'De klok is teruggezet. Wissen gaat verder op de latere tijd.',
      advice: 'Zet de klok goed, of bevestig haar.',
    },
    time_unconfirmed: {
      says: 'De klok loopt voor op wat verstreken kan zijn. Er wordt niets nieuws gewist tot twee bronnen of een mens haar bevestigen.',
      advice: 'Kijk naar de klok, en zet haar goed of bevestig haar.',
    },
    clock_unsynchronised: {
      says: 'Geen tijddienst houdt de klok van dit apparaat gelijk.',
      advice: 'Waarschuw IT: laat chrony of systemd-timesyncd draaien, en laat die een tijdserver bereiken.',
    },
    recipients_missing: {
      says: 'Er is geen lijst van sleutels, dus er wordt niets opgenomen.',
      advice: 'Pas een beleid toe dat sleutelhouders noemt.',
    },
    recipient_revoked: {
      says: 'Een sleutel is ingetrokken. Nieuwe opnamen worden er niet meer voor verzegeld.',
      advice: 'Vraag de houder om een nieuwe sleutel; onderteken de lijst en pas haar toe.',
    },
    recipient_expired: {
      says: 'Een sleutel is verlopen. Nieuwe opnamen worden er niet meer voor verzegeld.',
      advice: 'Vraag de houder om een verlengde sleutel; onderteken de lijst en pas haar toe.',
    },
    recipient_unusable: {
      says: 'Voor een van de sleutels kan niets verzegeld worden.',
      advice: 'Vraag de houder om een nieuwe sleutel; onderteken de lijst en pas haar toe.',
    },
    recipient_expires: {
      says: 'Een sleutel verloopt binnen 30 dagen.',
      advice: 'Vraag de houder om een verlengde sleutel; onderteken de lijst en pas haar toe.',
    },
    policy_missing: {
      says: 'Er is geen beleid. Gesprekken komen tot stand; er wordt niets opgenomen.',
      advice: 'Pas een beleid toe. Als er een is toegepast, zegt de log waarom het niet gevolgd wordt.',
    },
    policy_undecided: {
      says: 'Een beleid wacht op de FG. Het vorige blijft van kracht.',
      advice: 'Laat de FG het goedkeuren of weigeren.',
    },
    policy_will_erase: {
      says: 'Een beleid dat wacht laat opnamen eerder wissen dan op hun dag.',
      advice: 'Als niemand dat bedoelde, laat de FG het dan weigeren voordat het ingaat.',
    },
    policy_unspoken: {
      says: 'Een aankondiging ontbreekt, of zegt wat een ouder beleid zei. Gesprekken van dat doel worden niet opgenomen.',
      advice:
        'Voeg een geluidsbestand toe dat een zin van `belkluis policy text` zegt, of haal de bestanden uit het beleid: dan spreekt het apparaat.',
    },
    policy_stale: {
      says: 'Het beleid had vernieuwd moeten zijn. Het blijft van kracht tot er een nieuwer komt.',
      advice: 'Onderteken het opnieuw, met een later einde en een hogere versie.',
    },
    policy_against_law: {
      says: 'Het beleid blijft van kracht, maar de wet verbiedt nu iets dat erin staat.',
      advice: 'Verander dat in het volgende beleid.',
    },
    register_drift: {
      says: 'Het register van verwerkingen zegt niet wat zo is.',
      advice: '`belkluis register --check` noemt de plaatsen. Zoek uit waarom, voordat het opnieuw wordt geschreven.',
    },
    dpia_required: {
      says: 'DPIA_REQUIRED: voor deze opnamen is een gegevensbeschermingseffectbeoordeling nodig, en het beleid noemt er geen.',
      advice: '`belkluis dpia draft` begint er een.',
    },
    dpia_open: {
      says: 'Maatregelen van de effectbeoordeling worden door niets in het beleid uitgevoerd.',
      advice: '`belkluis dpia check` noemt ze.',
    },
    notices_missing: {
      says: 'Niet elke mededeling over opnemen is bevestigd. Gesprekken van die toestellen worden niet opgenomen.',
      advice: '`belkluis notices list` noemt ze.',
    },
    recording_late: {
      says: 'Al drie dagen toont niets aan dat dit apparaat opneemt: geen afgeronde opname, en geen testgesprek dat goed ging.',
      advice: 'Voer een testgesprek (`belkluis calls test`) en doe wat het zegt.',
    },
    test_call_late: {
      says: 'Er is meer dan een dag geen testgesprek geweest.',
      advice: 'Kijk of het desk-proces stil heeft gestaan.',
    },
    test_call_failed: {
      says: 'Het laatste testgesprek bewees niet dat gesprekken worden opgenomen.',
      advice: 'Kijk waar het bleef steken, herstel dat, en voer er nog een: `belkluis calls test`.',
    },
    calls_down: {
      says: 'Het gespreksproces antwoordt niet: geen telefoon kan via dit apparaat bellen.',
      advice: 'Start het, of kijk in zijn log.',
    },
    sound_lost: {
      says: 'Er gaan te veel geluidspakketten verloren op weg naar dit apparaat. Wat verloren gaat staat ook niet in de opnamen.',
      advice:
        'Kijk naar het netwerk tussen telefoons, trunk en apparaat: kabels, wifi, belasting van de lijn, voorrang voor spraak.',
    },
    sound_poor: {
      says: 'Gesprekken zijn waarschijnlijk slecht te verstaan.',
      advice:
        'Kijk naar het netwerk tussen telefoons, trunk en apparaat: verlies, jitter en vertraging staan hiernaast.',
    },
    phones_few: {
      says: 'Veel telefoons zijn weg die het afgelopen etmaal aangemeld waren.',
      advice:
        'Kijk naar de switch of de wifi waar ze aan hangen; `belkluis phones trace` zegt hoe telefoons proberen terug te komen.',
    },
    phones_none: {
      says: 'Er zijn accounts voor telefoons, en geen telefoon is aangemeld.',
      advice: 'Kijk naar het netwerk van de telefoons, en of ze het certificaat van het apparaat nog vertrouwen.',
    },
    pbx_down: {
      says: 'De telefooncentrale antwoordt niet: er kan niet naar buiten of van buiten gebeld worden.',
      advice: 'Kijk of zij aan staat, en of haar certificaat nog geldig is.',
    },
    trunk_down: {
      says: 'Een trunk antwoordt niet. Gesprekken gaan over een andere, als die er is.',
      advice: 'Waarschuw IT: `belkluis trunks test` zegt hoe ver het komt.',
    },
    trunk_unregistered: {
      says: 'Het apparaat is niet aangemeld bij een trunk, dus daarvan komen geen gesprekken binnen.',
      advice: 'Kijk bij de trunks, en dan `belkluis trunks test`.',
    },
    trunk_caps: {
      says: 'Vandaag is een grens voor uitgaande gesprekken bereikt.',
      advice:
        'Als niemand dat verwachtte, kan een wachtwoord in andere handen zijn: kijk bij de trunks, en verwijder het toestel en voeg het opnieuw toe.',
    },
    trunk_counts_lost: {
      says: 'De tellingen van uitgaande gesprekken (toll.db) zijn vandaag verdwenen of door een oude kopie vervangen. Wat zijn grens bereikt had, blijft tot middernacht gestopt.',
      advice: 'Alleen een aanvaller heeft daar wat aan: vraag wie bij de gegevens van het apparaat geweest is.',
    },
    calls_lost: {
      says: 'Gesprekken die hadden moeten worden opgenomen, zijn niet opgenomen.',
      advice: 'Bekijk de uitzonderingen en zeg wat er is gedaan.',
    },
    call_records_late: {
      says: 'De gespreksgegevens zijn al een tijd niet naast de opnamen gelegd. Dat hoort elke dag.',
      advice: 'Waarschuw IT: een opname die ontbreekt valt zo niet op.',
    },
    call_log_late: {
      says: 'Een belregister is al een tijd niet gelezen.',
      advice: 'Waarschuw IT: gemiste gesprekken vallen zo niet op.',
    },
    call_log_failed: {
      says: 'Een belregister kon niet worden gelezen.',
      advice: 'Waarschuw IT: gemiste gesprekken vallen zo niet op.',
    },
    copies_turned_away: {
      says: 'De afgelopen dag was er geen plaats voor gekopieerde gesprekken. Als geen andere server ze nam, zijn ze nergens opgenomen.',
      advice: 'Maak ruimte op de schijf, of verhoog het aantal sessies en poorten dat de box mag nemen.',
    },
    defence_bans: {
      says: 'Er zijn adressen buitengesloten van de telefoons.',
      advice:
        'Is er een van uw eigen telefoons bij, herstel dan het wachtwoord; IT ziet en heft het op met `belkluis sip bans`.',
    },
    purge_overdue: {
      says: 'Opnamen zijn over hun dag heen en nog hier.',
      advice: 'Waarschuw IT: zoek `purge_failed` in de log van het desk-proces.',
    },
    purge_late: {
      says: 'Er is al een tijd niet gewist wat weg moet. Dat hoort elk kwartier.',
      advice: 'Waarschuw IT: zoek `purge_failed` in de log van het desk-proces.',
    },
    keystore_waits: {
      says: 'Wissingen wachten al langer dan anderhalve dag op een certificaat.',
      advice: 'Waarschuw IT: het tijdvak van de sleutelopslag gaat niet verder. Zoek `night_failed` in de log.',
    },
    holds_review: {
      says: 'Een bewaarplicht is over de herzieningsdatum heen.',
      advice: 'Verleng haar of hef haar op.',
    },
    backup_none: {
      says: 'Er is geen back-up ingesteld. Wat met dit apparaat verloren gaat, blijft verloren.',
      advice: 'Stel er een in.',
    },
    backup_late: {
      says: 'De laatste back-up is te oud.',
      advice: 'Waarschuw IT: kijk in de log van het desk-proces.',
    },
    backup_failing: {
      says: 'De laatste poging tot een back-up liep niet goed af; die ervoor is nog jong.',
      advice: 'Waarschuw IT: de code zegt waarom.',
    },
    backup_failed: {
      says: 'Back-ups lopen niet goed af, en de laatste goede is te oud.',
      advice: 'Waarschuw IT: de code zegt waarom.',
    },
    drill_due: {
      says: 'De afgelopen maand is niet geprobeerd of de back-up opengaat.',
      advice: 'Houd een oefening: een back-up die nooit is teruggezet, is een hoop.',
    },
    drill_failed: {
      says: 'De laatste oefening kon geen opname uit de back-up openen.',
      advice: 'Waarschuw IT: de back-up zou dit apparaat niet terugbrengen.',
    },
    scrub_late: {
      says: 'De verzegelde bestanden zijn al een tijd niet nagelezen.',
      advice: 'Waarschuw IT: de ronde over alle bestanden komt niet af.',
    },
    scrub_rot: {
      says: 'Verzegelde bestanden zijn beschadigd en geen back-up kon ze herstellen.',
      advice: 'Waarschuw IT: misschien begeeft de schijf het. Vervang haar.',
    },
    disk_low: {
      says: 'Minder dan een tiende van de opslag is vrij.',
      advice: 'Voeg opslag toe of verkort de bewaartermijn.',
    },
    disk_forecast: {
      says: 'Zoals het nu gaat is de opslag binnen 30 dagen op.',
      advice: 'Voeg opslag toe of verkort de bewaartermijn.',
    },
    disk_reserve: {
      says: 'De opslag is op tot aan wat de log en het wissen nodig hebben. Er wordt niets meer opgenomen; gesprekken waarvan het doel een opname eist, worden geweigerd.',
      advice: 'Maak meteen ruimte.',
    },
    cpu_busy: {
      says: 'De processor is al minuten druk. Gesprekken kunnen laat beginnen en geluid kan haperen.',
      advice:
        'Kijk wat er nog meer op deze machine draait; verdeel gesprekken over meer apparaten, of neem een grotere.',
    },
    temperature_high: {
      says: 'De machine wordt warm.',
      advice: 'Kijk naar de ventilator, de luchtstroom en de ruimte.',
    },
    temperature_critical: {
      says: 'De machine is zo heet dat zij trager wordt, en zichzelf kan uitschakelen.',
      advice: 'Koel haar nu: ventilator, luchtstroom, ruimte.',
    },
    memory_low: {
      says: 'Er is weinig geheugen over. Het systeem kan een proces van het apparaat beëindigen.',
      advice: 'Kijk wat er nog meer op deze machine draait, of geef haar meer geheugen.',
    },
    certificate_expires: {
      says: 'Het certificaat van dit apparaat verloopt binnen 30 dagen.',
      advice: 'Start het apparaat opnieuw: het maakt dan een nieuw.',
    },
    certificate_expired: {
      says: 'Het certificaat van dit apparaat is verlopen. Telefoons kunnen weigeren te verbinden.',
      advice: 'Start het apparaat opnieuw: het maakt dan een nieuw.',
    },
    uplink_down: {
      says: 'De fleet is niet bereikbaar. Opnemen gaat door; wat de fleet moet weten wacht hier.',
      advice: 'Kijk of de lijn het doet en het apparaat naar de fleet laat.',
    },
    uplink_certificate_expires: {
      says: 'Het certificaat waaraan de fleet dit apparaat herkent loopt binnenkort af, en is niet vernieuwd.',
      advice: 'Kijk of de fleet bereikbaar is; na het einde moet het apparaat opnieuw worden ingeschreven.',
    },
    software_old: {
      says: 'De software van dit apparaat is meer dan een half jaar oud. Wat sindsdien is hersteld ontbreekt.',
      advice: 'Installeer de huidige versie.',
    },
  },
  gauges: {
    disk_days_left: 'Dagen tot de opslag op is',
    disk_used_percent: 'Opslag in gebruik',
    cpu_percent: 'Processor in gebruik',
    temperature_celsius: 'Temperatuur',
    memory_used_percent: 'Geheugen in gebruik',
    clock_offset_ms: 'Klok tegenover de geloofde tijd',
    rtp_loss_permille: 'Geluid verloren op weg hierheen',
    rtp_jitter_ms: 'Jitter',
    mos_hundredths: 'Geluidskwaliteit (MOS, geschat)',
    trunks_configured: 'Trunks',
    trunks_up: 'Trunks die er zijn',
    pbx_up: 'Telefooncentrale antwoordt',
    phones_known: 'Telefoons die zich mogen aanmelden',
    phones_registered: 'Telefoons aangemeld',
    recorded_hours_ago: 'Sinds de laatste afgeronde opname',
    test_call_hours_ago: 'Sinds een testgesprek goed ging',
    purge_overdue: 'Opnamen over hun dag heen',
    recipient_key_days_left: 'Eerste sleutel verloopt over',
    backup_hours_ago: 'Leeftijd van de back-up',
    policy_days_left: 'Beleid te vernieuwen over',
    certificate_days_left: 'Certificaat is nog geldig',
    uplink_certificate_days_left: 'Certificaat voor de fleet is nog geldig',
    uplink_queued: 'Berichten die op de fleet wachten',
    uplink_reconnects: 'Verbindingen met de fleet binnen een uur',
    witness_hours_ago: 'Sinds een getuige medeondertekende',
    software_age_days: 'Leeftijd van de software',
    uptime_hours: 'Sinds de start van de machine',
  },
};
