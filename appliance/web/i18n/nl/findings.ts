/** Wat de gezondheid zegt, in het Nederlands. */
import type { TestCallFault, UntriedLine } from '../../../health/finding.ts';
import type { FindingTexts } from '../finding-texts.ts';

export const meervoud = (count: number, een: string, meer: string): string => (count === 1 ? een : meer);

/** Waar een testgesprek niet langs loopt. */
const untriedLines: Record<UntriedLine, string> = {
  pbx: 'geen telefooncentrale',
  trunks: 'geen trunk',
  copies: 'geen bron van gekopieerde gesprekken',
};
const en = new Intl.ListFormat('nl', { type: 'conjunction' });

/** Waar een testgesprek bleef steken, en wat te doen. */
const testCallFaults: Record<TestCallFault, string> = {
  calls_down: 'Het gespreksproces antwoordt niet. Waarschuw IT.',
  not_registered:
    'De telefoons konden zich niet over TLS aanmelden. Waarschuw IT: kijk naar het certificaat en de SIP-poort.',
  call_failed: 'Het kwam niet tot stand. Waarschuw IT: kijk naar de mediapoorten en de belasting.',
  not_recorded: 'Het kwam tot stand maar werd niet opgenomen. Kijk naar de bevindingen hiernaast.',
  not_heard: 'De ene kant hoorde de andere niet. Waarschuw IT: kijk naar de mediapoorten en de belasting.',
  not_stored: 'Er kwam geen afgeronde opname van. Waarschuw IT: kijk naar de schijf.',
  not_opened: 'De opname kon niet worden geopend. Opnamen zijn mogelijk onbruikbaar: waarschuw IT meteen.',
  differs: 'Wat is opgenomen is niet wat is gezegd. Opnamen zijn mogelijk onbruikbaar: waarschuw IT meteen.',
};
/** Wat er tegen de telefoons is geprobeerd, als onderwerp van "afgewezen". */
const pogingen = ({ scans, guesses, floods }: { scans: number; guesses: number; floods: number }): string =>
  `zijn ${scans} ${meervoud(scans, 'verkenning', 'verkenningen')}, ${guesses} ${meervoud(guesses, 'fout wachtwoord', 'foute wachtwoorden')} en ${floods} ${meervoud(floods, 'overstroming', 'overstromingen')}`;

export const findings: FindingTexts = {
  recipients_ok: ({ custodians, escrows, nextExpiry }, f) =>
    `${custodians} ${meervoud(custodians, 'sleutelhouder', 'sleutelhouders')} en ${escrows} ${meervoud(escrows, 'noodsleutel', 'noodsleutels')}.${nextExpiry === null ? '' : ` De eerstvolgende sleutel verloopt ${f.date(nextExpiry)}.`}`,
  recipient_revoked: ({ name }) =>
    `De sleutel van ${name} is ingetrokken. Nieuwe opnamen worden er niet meer voor verzegeld.`,
  recipient_expired: ({ name }) =>
    `De sleutel van ${name} is verlopen. Nieuwe opnamen worden er niet meer voor verzegeld.`,
  recipient_unusable: ({ name, fault }) => `Voor de sleutel van ${name} kan niets verzegeld worden (${fault}).`,
  recipient_expires: ({ name, at }, f) => `De sleutel van ${name} verloopt ${f.date(at)}.`,
  disk_ok: ({ freeBytes, totalBytes }, f) => `${f.bytes(freeBytes)} van ${f.bytes(totalBytes)} is vrij.`,
  disk_low: ({ freeBytes }, f) => `Nog maar ${f.bytes(freeBytes)} is vrij.`,
  disk_forecast: ({ freeBytes, days }, f) =>
    `${f.bytes(freeBytes)} is vrij. Zoals het nu gaat is dat over ${f.number(days)} ${meervoud(days, 'dag', 'dagen')} op.`,
  disk_reserve: ({ freeBytes, reserveBytes }, f) =>
    `Nog maar ${f.bytes(freeBytes)} is vrij, minder dan de ${f.bytes(reserveBytes)} die de log en het wissen nodig hebben. Er wordt niets meer opgenomen; gesprekken waarvan het doel een opname eist, worden geweigerd.`,
  keystore_tpm: () =>
    'De tijdvaksleutel zit in een TPM: wat gewist is blijft gewist, ook in oude blokken van de schijf.',
  keystore_file: () =>
    'De tijdvaksleutel is een bestand: het wordt overschreven aan het eind van het tijdvak, maar een kopie van eerder opent nog wat daarna gewist is.',
  keystore_waits: ({ uncertified, at }, f) =>
    `${uncertified} ${meervoud(uncertified, 'wissing wacht', 'wissingen wachten')} sinds ${f.date(at)} op een certificaat.`,
  holds_ok: ({ inForce }) => `${inForce} ${meervoud(inForce, 'bewaarplicht is', 'bewaarplichten zijn')} van kracht.`,
  holds_review: ({ overdue }) =>
    `${overdue} ${meervoud(overdue, 'bewaarplicht is', 'bewaarplichten zijn')} over de herzieningsdatum heen.`,
  backup_ok: ({ name, at }, f) => `${name}: de laatste back-up eindigde ${f.date(at)}, ${f.time(at)}.`,
  backup_late: ({ name, at }, f) =>
    `${name}: ${at === null ? 'er is nog geen back-up gemaakt' : `de laatste back-up eindigde ${f.date(at)}, ${f.time(at)}`}.`,
  backup_failed: ({ name, fault }) => `${name}: back-ups lopen niet goed af (${fault}), en de laatste goede is te oud.`,
  drill_ok: ({ at }, f) => `De laatste oefening, ${f.date(at)}, opende een opname uit de back-up.`,
  drill_due: ({ at }, f) =>
    at === null ? 'Er is nooit geprobeerd of de back-up opengaat.' : `De laatste oefening was ${f.date(at)}.`,
  drill_failed: ({ at }, f) => `De oefening van ${f.date(at)} kon geen opname uit de back-up openen.`,
  test_call_ok: ({ at, untried }, f) =>
    `Een testgesprek van het ene toestel van het apparaat zelf naar het andere is opgenomen, geopend en juist bevonden, het laatst ${f.date(at)}.${untried.length === 0 ? '' : ` Het loopt via ${en.format(untried.map((line) => untriedLines[line]))}, en bewijst daarover niets.`}`,
  test_call_waits: () => 'Het eerste testgesprek is nog niet gevoerd.',
  test_call_late: ({ at }, f) => `Het laatste testgesprek was ${f.date(at)}. Er hoort er elke dag een te zijn.`,
  test_call_failed: ({ at, fault }, f) =>
    `Het testgesprek van ${f.date(at)} bewees niet dat gesprekken worden opgenomen. ${testCallFaults[fault]}`,
  copies_turned_away: ({ turnedAway }) =>
    `De afgelopen dag was er geen plaats voor ${turnedAway} gekopieerde ${meervoud(turnedAway, 'gesprek', 'gesprekken')}. Als geen andere server ${meervoud(turnedAway, 'het nam, is het', 'ze nam, zijn ze')} nergens opgenomen.`,
  calls_lost: ({ unexplained }) =>
    `${unexplained} ${meervoud(unexplained, 'gesprek dat had moeten worden opgenomen, is', 'gesprekken die hadden moeten worden opgenomen, zijn')} niet opgenomen.`,
  call_records_late: ({ at }, f) =>
    `De gespreksgegevens zijn het laatst op ${f.date(at)} naast de opnamen gelegd. Dat hoort elke dag.`,
  call_log_ok: ({ name, at }, f) => `Het belregister ${name} is het laatst vergeleken op ${f.date(at)}, ${f.time(at)}.`,
  call_log_late: ({ name, at }, f) =>
    `Het belregister ${name} is ${at === null ? 'nog nooit gelezen' : `het laatst gelezen op ${f.date(at)}`}.`,
  call_log_failed: ({ name, fault }) => `Het belregister ${name} kon niet worden gelezen (${fault}).`,
  scrub_ok: ({ at }, f) => `Alle verzegelde bestanden zijn gelezen en gaaf bevonden, het laatst ${f.date(at)}.`,
  scrub_waits: () => 'De verzegelde bestanden worden voor het eerst nagelezen.',
  scrub_late: ({ at }, f) =>
    `De verzegelde bestanden zijn ${at === null ? 'nog nooit' : `het laatst ${f.date(at)}`} nagelezen.`,
  scrub_rot: ({ rotten }) =>
    `${rotten} ${meervoud(rotten, 'verzegeld bestand is', 'verzegelde bestanden zijn')} beschadigd en geen back-up kon het herstellen.`,
  time_ok: () => 'De klok is geloofwaardig.',
  time_behind: ({ wall, expected }, f) =>
    `De klok zegt ${f.date(wall)}, ${f.time(wall)}, maar het was al ${f.date(expected)}, ${f.time(expected)}. Wissen gaat verder op de latere tijd.`,
  time_unconfirmed: ({ wall, expected }, f) =>
    `De klok zegt ${f.date(wall)}, maar ${f.date(expected)} is wat verstreken kan zijn. Er wordt niets nieuws gewist tot twee bronnen of een mens de klok bevestigen.`,
  witness_ok: ({ at }, f) => `De stand van de log is medeondertekend ${f.date(at)}, ${f.time(at)}.`,
  witness_late: ({ at }, f) =>
    `De getuige heeft ${at === null ? 'nooit' : `sinds ${f.date(at)}, ${f.time(at)} niet meer`} medeondertekend.`,
  witness_refused: ({ at }, f) =>
    `De fleet, als getuige, weigerde deze log op ${f.date(at)}, ${f.time(at)}: zij onthoudt een andere.`,
  pbx_ok: ({ registered }) =>
    `De telefooncentrale antwoordt; ${registered} gebruikers zijn via dit apparaat aangemeld.`,
  pbx_down: ({ localCalls }) =>
    `De telefooncentrale antwoordt niet: er kan niet naar buiten of van buiten gebeld worden. ${localCalls ? 'Aangemelde toestellen bellen elkaar nog.' : 'Ook onderling niet.'}`,
  trunk_ok: ({ trunks }) => (trunks === 1 ? 'De trunk is er.' : `Alle ${trunks} trunks zijn er.`),
  trunk_down: ({ name }) => `De trunk ${name} antwoordt niet. Gesprekken gaan over een andere, als die er is.`,
  trunk_unregistered: ({ name, fault }) =>
    `Het apparaat is niet aangemeld bij de trunk ${name} (${fault}), dus daarvan komen geen gesprekken binnen.`,
  trunk_caps: ({ capped }) =>
    `Vandaag ${capped === 1 ? 'is 1 grens' : `zijn ${capped} grenzen`} voor uitgaande gesprekken bereikt.`,
  defence_quiet: () => 'Niemand heeft de telefoons binnen een dag aangevallen.',
  defence_attacked: (attacks) =>
    `Binnen een dag ${pogingen(attacks)} afgewezen. Niemand kwam binnen en niemand is nu buitengesloten.`,
  defence_bans: ({ bans, ...attacks }) =>
    `${bans} ${meervoud(bans, 'adres is', 'adressen zijn')} buitengesloten van de telefoons; binnen een dag ${pogingen(attacks)} afgewezen.`,
  policy_ok: ({ version }) => `Beleid ${version} is van kracht.`,
  policy_undecided: ({ version, at }, f) =>
    `Beleid ${version} wacht tot ${f.date(at)} op de FG. Het vorige blijft van kracht.`,
  policy_will_erase: ({ version, at }, f) => `Beleid ${version} laat opnamen vanaf ${f.date(at)} eerder wissen.`,
  policy_unspoken: ({ purpose }) =>
    `De aankondiging van ${purpose} ontbreekt, of zegt wat een ouder beleid zei. Deze gesprekken worden niet opgenomen.`,
  policy_stale: ({ version, at }, f) =>
    `Beleid ${version} moest ${f.date(at)} vernieuwd zijn. Het blijft van kracht tot er een nieuwer komt.`,
  policy_against_law: ({ version, path, article, says }) =>
    `Beleid ${version} blijft van kracht, maar de wet verbiedt nu wat er staat bij ${path} (${article}). ${says.nl}`,
  register_ok: () => 'Het register van verwerkingen zegt wat zo is.',
  register_drift: ({ drift }) =>
    `Het register van verwerkingen zegt op ${drift} ${meervoud(drift, 'plaats', 'plaatsen')} niet wat zo is.`,
  dpia_open: ({ open }) =>
    `${open} ${meervoud(open, 'maatregel', 'maatregelen')} van de effectbeoordeling ${meervoud(open, 'wordt', 'worden')} door niets in het beleid uitgevoerd.`,
  notices_missing: ({ unacknowledged }) =>
    `${unacknowledged} ${meervoud(unacknowledged, 'toestel heeft', 'toestellen hebben')} niet elke mededeling over opnemen bevestigd; zulke gesprekken worden niet opgenomen.`,
  purge_ok: ({ at }, f) => `De laatste wisronde eindigde ${f.date(at)}, ${f.time(at)}. Niets is over zijn dag heen.`,
  purge_waits: () => 'Er hoefde nog niets te verdwijnen.',
  purge_overdue: ({ overdue, at }, f) =>
    `${overdue} ${meervoud(overdue, 'opname is', 'opnamen zijn')} over de dag heen. De laatste wisronde eindigde ${at === null ? 'nooit' : `${f.date(at)}, ${f.time(at)}`}.`,
  certificate_ok: ({ at }, f) => `Het certificaat is geldig tot ${f.date(at)}.`,
  certificate_expires: ({ at }, f) => `Het certificaat verloopt ${f.date(at)}.`,
  certificate_expired: ({ at }, f) =>
    `Het certificaat is ${f.date(at)} verlopen. Telefoons kunnen weigeren te verbinden.`,
  audit_ok: ({ size }, f) => `${f.number(size)} regels, alle zoals ze geschreven zijn.`,
  backup_failing: ({ name, fault }) =>
    `${name}: de laatste poging tot een back-up liep niet goed af (${fault}); die ervoor is nog jong.`,
  purge_late: ({ at }, f) =>
    `De laatste wisronde eindigde ${at === null ? 'nooit' : `${f.date(at)}, ${f.time(at)}`}. Dat hoort elk kwartier.`,
  recording_ok: ({ at }, f) =>
    `Dat dit apparaat opneemt bleek het laatst ${f.date(at)}, ${f.time(at)}, uit een afgeronde opname of een testgesprek.`,
  recording_waits: () => 'Er is nog niets opgenomen, en nog geen testgesprek gevoerd.',
  recording_late: ({ at }, f) =>
    `${at === null ? 'Uit niets is nog gebleken' : `Sinds ${f.date(at)} is uit niets gebleken`} dat dit apparaat opneemt: geen afgeronde opname, en geen testgesprek dat goed ging.`,
  calls_ok: () => 'Het gespreksproces antwoordt.',
  sound_ok: ({ mos, lossPercent }, f) =>
    `De afgelopen minuten kwam geluid goed door: geschatte MOS ${f.decimal(mos, 1)}, ${f.decimal(lossPercent, 1)}% verloren.`,
  sound_quiet: () => 'De afgelopen minuten is er te weinig gezegd om te beoordelen hoe het klinkt.',
  sound_lost: ({ lossPercent }, f) =>
    `De afgelopen minuten ging ${f.decimal(lossPercent, 1)}% van de geluidspakketten verloren op weg naar dit apparaat. Wat verloren gaat staat ook niet in de opnamen.`,
  sound_poor: ({ mos, poorPercent }, f) =>
    `De afgelopen minuten was ${f.decimal(poorPercent, 0)}% van wat te horen was waarschijnlijk slecht te verstaan; de geschatte MOS is ${f.decimal(mos, 1)}.`,
  phones_ok: ({ registered }, f) =>
    `${f.number(registered)} ${meervoud(registered, 'telefoon is', 'telefoons zijn')} aangemeld.`,
  phones_few: ({ registered, most }, f) =>
    `${f.number(registered)} ${meervoud(registered, 'telefoon is', 'telefoons zijn')} aangemeld; het afgelopen etmaal waren het er ${f.number(most)}.`,
  phones_none: ({ accounts }, f) =>
    `Er ${meervoud(accounts, 'is', 'zijn')} ${f.number(accounts)} ${meervoud(accounts, 'account', 'accounts')} voor telefoons, en geen telefoon is aangemeld.`,
  cpu_ok: ({ percent }, f) => `${f.decimal(percent, 0)}% is in gebruik.`,
  cpu_busy: ({ percent }, f) =>
    `${f.decimal(percent, 0)}% is al minuten in gebruik. Gesprekken kunnen laat beginnen en geluid kan haperen.`,
  temperature_ok: ({ celsius }, f) => `${f.decimal(celsius, 0)} °C.`,
  temperature_high: ({ celsius }, f) => `De machine wordt warm: ${f.decimal(celsius, 0)} °C.`,
  temperature_critical: ({ celsius }, f) =>
    `De machine is zo heet dat zij trager wordt, en zichzelf kan uitschakelen: ${f.decimal(celsius, 0)} °C.`,
  memory_ok: ({ percent }, f) => `${f.decimal(percent, 0)}% is in gebruik.`,
  memory_low: ({ percent }, f) =>
    `${f.decimal(percent, 0)}% van het geheugen is in gebruik. Het systeem kan een proces van het apparaat beëindigen.`,
  uplink_ok: () => 'De fleet is verbonden.',
  uplink_off: () => 'Dit apparaat hoort bij geen fleet. Het heeft er geen nodig.',
  uplink_down: ({ at }, f) =>
    `De fleet ${at === null ? 'is nog nooit bereikt' : `is sinds ${f.date(at)}, ${f.time(at)} niet bereikbaar`}. Opnemen gaat door; wat de fleet moet weten wacht hier.`,
  uplink_certificate_expires: ({ at }, f) =>
    `Het certificaat waaraan de fleet dit apparaat herkent loopt ${f.date(at)} af, en is niet vernieuwd.`,
  software_ok: ({ version, at }, f) => `Versie ${version}, van ${f.date(at)}.`,
  software_old: ({ version, at }, f) => `Versie ${version} is van ${f.date(at)}. Wat sindsdien is hersteld ontbreekt.`,
};
