/** Was die Gesundheit sagt, auf Deutsch. */
import type { HealthWords } from './words.ts';

export const de: HealthWords = {
  checks: {
    audit: 'Prüfprotokoll',
    witness: 'Zeuge',
    clock: 'Uhr',
    keys: 'Schlüssel',
    policy: 'Richtlinie',
    register: 'Verzeichnis der Verarbeitungen',
    assessment: 'Folgenabschätzung',
    notices: 'Hinweise an Beschäftigte',
    recording: 'Aufzeichnung nachgewiesen',
    test_call: 'Testanruf',
    calls: 'Gespräche',
    sound: 'Ton',
    phones: 'Telefone',
    pbx: 'Telefonanlage',
    trunks: 'Trunks',
    call_logs: 'Anruflisten',
    copies: 'Kopierte Gespräche',
    attacks: 'Angriffe auf Telefone',
    erasure: 'Löschung',
    keystore: 'Endgültige Löschung',
    holds: 'Aufbewahrungspflicht',
    backup: 'Sicherung',
    drill: 'Übung',
    sealed_files: 'Versiegelte Dateien',
    storage: 'Speicher',
    processor: 'Prozessor',
    temperature: 'Temperatur',
    memory: 'Arbeitsspeicher',
    certificate: 'Zertifikat',
    uplink: 'Verbindung zur Flotte',
    software: 'Software',
  },
  codes: {
    audit_unwritable: {
      says: 'Das Prüfprotokoll kann nicht geschrieben werden, also wird nichts geöffnet und niemand meldet sich an. Aufgezeichnet wird weiter.',
      advice: 'Sagen Sie der IT Bescheid: Vielleicht ist die Festplatte voll, oder die Datei gehört jemand anderem.',
    },
    audit_tampered: {
      says: 'Das Prüfprotokoll ist nicht mehr, was geschrieben wurde.',
      advice:
        'Ändern Sie nichts, lassen Sie die Festplatte, wie sie ist, und sagen Sie den Datenschutzbeauftragten Bescheid. `belkluis audit verify` nennt das erste falsche Ereignis.',
    },
    witness_none: {
      says: 'Niemand außerhalb dieser Box merkt sich das Protokoll, also fiele eine alte Kopie der Daten nicht auf.',
      advice: 'Richten Sie einen Zeugen ein.',
    },
    witness_late: {
      says: 'Der Zeuge hat das Protokoll länger nicht mitunterzeichnet.',
      advice: 'Sagen Sie der IT Bescheid: Ist der Zeuge erreichbar?',
    },
    witness_refused: {
      says: 'Die Flotte, als Zeuge, erinnert sich an ein anderes Protokoll als das hier: Es wurde gekürzt, zurückgesetzt oder auf zwei Arten erzählt.',
      advice:
        'Sagen Sie den Datenschutzbeauftragten und dem MSP Bescheid: Vergleichen Sie `belkluis audit` mit dem, was die Flotte aufbewahrt hat, bevor etwas gelöscht wird.',
    },
    time_behind: {
      says: 'Die Uhr wurde zurückgestellt. Gelöscht wird weiter nach der späteren Zeit.',
      advice: 'Stellen Sie die Uhr richtig, oder bestätigen Sie sie.',
    },
    time_unconfirmed: {
      says: 'Die Uhr geht weiter vor, als Zeit vergangen sein kann. Was neu fällig wird, bleibt, bis zwei Quellen oder ein Mensch sie bestätigen.',
      advice: 'Sehen Sie nach der Uhr, dann stellen oder bestätigen Sie sie.',
    },
    clock_unsynchronised: {
      says: 'Kein Zeitdienst hält die Uhr dieser Box genau.',
      advice:
        'Sagen Sie der IT Bescheid: chrony oder systemd-timesyncd muss laufen und einen Zeitserver erreichen können.',
    },
    recipients_missing: {
      says: 'Keine Liste von Schlüsseln ist in Kraft, also wird nichts aufgezeichnet.',
      advice: 'Setzen Sie eine Richtlinie in Kraft, die Schlüsselverwahrer nennt.',
    },
    recipient_revoked: {
      says: 'Ein Schlüssel ist widerrufen. Neue Aufzeichnungen werden nicht mehr für ihn versiegelt.',
      advice:
        'Bitten Sie, wer ihn verwahrt, um einen neuen Schlüssel; unterzeichnen Sie die Liste und setzen Sie sie in Kraft.',
    },
    recipient_expired: {
      says: 'Ein Schlüssel ist abgelaufen. Neue Aufzeichnungen werden nicht mehr für ihn versiegelt.',
      advice:
        'Bitten Sie, wer ihn verwahrt, um einen verlängerten Schlüssel; unterzeichnen Sie die Liste und setzen Sie sie in Kraft.',
    },
    recipient_unusable: {
      says: 'Für einen der Schlüssel kann nichts versiegelt werden.',
      advice:
        'Bitten Sie, wer ihn verwahrt, um einen neuen Schlüssel; unterzeichnen Sie die Liste und setzen Sie sie in Kraft.',
    },
    recipient_expires: {
      says: 'Ein Schlüssel läuft binnen 30 Tagen ab.',
      advice:
        'Bitten Sie, wer ihn verwahrt, um einen verlängerten Schlüssel; unterzeichnen Sie die Liste und setzen Sie sie in Kraft.',
    },
    policy_missing: {
      says: 'Es gibt keine Richtlinie. Gespräche kommen zustande; keines wird aufgezeichnet.',
      advice:
        'Setzen Sie eine Richtlinie in Kraft. Wurde das schon versucht, sagt das Protokoll, warum sie nicht befolgt wird.',
    },
    policy_undecided: {
      says: 'Eine Richtlinie wartet auf Datenschutzbeauftragte. Die vorige bleibt in Kraft.',
      advice: 'Lassen Sie Datenschutzbeauftragte sie genehmigen oder ablehnen.',
    },
    policy_will_erase: {
      says: 'Eine wartende Richtlinie wird Aufzeichnungen vor ihrem Tag löschen.',
      advice: 'Hat das niemand gewollt, lassen Sie Datenschutzbeauftragte sie vor ihrem Tag ablehnen.',
    },
    policy_unspoken: {
      says: 'Eine Ansage fehlt oder sagt, was eine ältere Richtlinie sagte. Gespräche dieses Zwecks werden nicht aufgezeichnet.',
      advice:
        'Fügen Sie eine Tondatei mit einem Satz aus `belkluis policy text` hinzu, oder nehmen Sie die Dateien aus der Richtlinie: Dann spricht die Box.',
    },
    policy_stale: {
      says: 'Die Richtlinie hätte erneuert werden sollen. Sie bleibt in Kraft, bis eine neuere kommt.',
      advice: 'Unterzeichnen Sie sie neu, mit späterem Ende und höherer Version.',
    },
    policy_against_law: {
      says: 'Die Richtlinie bleibt in Kraft, aber das Recht verbietet nun etwas, was darin steht.',
      advice: 'Ändern Sie das in der nächsten Richtlinie.',
    },
    register_drift: {
      says: 'Das Verzeichnis der Verarbeitungen sagt nicht, was ist.',
      advice: '`belkluis register --check` nennt die Stellen. Finden Sie heraus, warum, bevor es neu geschrieben wird.',
    },
    dpia_required: {
      says: 'DPIA_REQUIRED: Diese Aufzeichnungen brauchen eine Datenschutz-Folgenabschätzung, und die Richtlinie nennt keine.',
      advice: '`belkluis dpia draft` beginnt eine.',
    },
    dpia_open: {
      says: 'Maßnahmen der Folgenabschätzung werden durch nichts in der Richtlinie umgesetzt.',
      advice: '`belkluis dpia check` zählt sie auf.',
    },
    notices_missing: {
      says: 'Nicht jeder Hinweis auf die Aufzeichnung wurde bestätigt. Gespräche dieser Nebenstellen werden nicht aufgezeichnet.',
      advice: '`belkluis notices list` nennt sie.',
    },
    recording_late: {
      says: 'Seit drei Tagen zeigt nichts, dass diese Box aufzeichnet: keine abgeschlossene Aufzeichnung, und kein Testanruf, der gut ausging.',
      advice: 'Machen Sie einen Testanruf (`belkluis calls test`), und folgen Sie dem, was er sagt.',
    },
    test_call_late: {
      says: 'Seit mehr als einem Tag gab es keinen Testanruf.',
      advice: 'Sehen Sie nach, ob der desk-Prozess angehalten wurde.',
    },
    test_call_failed: {
      says: 'Der letzte Testanruf bewies nicht, dass Gespräche aufgezeichnet werden.',
      advice:
        'Sehen Sie nach, wo er stecken blieb, beheben Sie das, und machen Sie einen weiteren: `belkluis calls test`.',
    },
    calls_down: {
      says: 'Der Gesprächsprozess antwortet nicht: Kein Telefon kann über diese Box anrufen.',
      advice: 'Starten Sie ihn, oder sehen Sie in sein Protokoll.',
    },
    sound_lost: {
      says: 'Zu viele Tonpakete gehen auf dem Weg zu dieser Box verloren. Was verloren geht, fehlt auch in den Aufzeichnungen.',
      advice:
        'Sehen Sie nach dem Netz zwischen Telefonen, Trunk und Box: Kabel, WLAN, Last der Leitung, Vorrang der Sprache.',
    },
    sound_poor: {
      says: 'Gespräche sind wahrscheinlich schwer zu verstehen.',
      advice:
        'Sehen Sie nach dem Netz zwischen Telefonen, Trunk und Box: Verlust, Jitter und Verzögerung stehen daneben.',
    },
    phones_few: {
      says: 'Viele Telefone sind weg, die im Laufe des letzten Tages angemeldet waren.',
      advice:
        'Sehen Sie nach dem Switch oder WLAN, an dem sie hängen; `belkluis phones trace` sagt, wie Telefone zurückzukommen versuchen.',
    },
    phones_none: {
      says: 'Es gibt Konten für Telefone, und kein Telefon ist angemeldet.',
      advice: 'Sehen Sie nach dem Netz der Telefone, und ob sie dem Zertifikat der Box noch vertrauen.',
    },
    pbx_down: {
      says: 'Die Telefonanlage antwortet nicht: keine Gespräche nach außen oder von außen.',
      advice: 'Sehen Sie nach, ob sie eingeschaltet ist, und ob ihr Zertifikat noch gilt.',
    },
    trunk_down: {
      says: 'Ein Trunk antwortet nicht. Gespräche gehen über einen anderen, falls es einen gibt.',
      advice: 'Sagen Sie der IT Bescheid: `belkluis trunks test` sagt, wie weit es kommt.',
    },
    trunk_unregistered: {
      says: 'Die Box ist bei einem Trunk nicht angemeldet, also kommen von dort keine Gespräche herein.',
      advice: 'Sehen Sie nach den Trunks, dann `belkluis trunks test`.',
    },
    trunk_caps: {
      says: 'Heute wurde eine Grenze für ausgehende Gespräche erreicht.',
      advice:
        'Hat das niemand erwartet, kann ein Kennwort in anderen Händen sein: Sehen Sie nach den Trunks, und entfernen Sie das Telefon und fügen Sie es neu hinzu.',
    },
    trunk_counts_lost: {
      says: 'Die Zähler ausgehender Gespräche (toll.db) gingen heute verloren oder wurden durch eine alte Kopie ersetzt. Was seine Grenze erreicht hatte, bleibt bis Mitternacht gesperrt.',
      advice: 'Davon hat nur ein Angreifer etwas: Fragen Sie, wer an den Daten der Box war.',
    },
    calls_lost: {
      says: 'Gespräche, die aufgezeichnet werden sollten, wurden es nicht.',
      advice: 'Sehen Sie nach den Ausnahmen, und sagen Sie, was getan wurde.',
    },
    call_records_late: {
      says: 'Die Verbindungsdaten wurden länger nicht neben die Aufzeichnungen gelegt. Das soll jeden Tag geschehen.',
      advice: 'Sagen Sie der IT Bescheid: Eine fehlende Aufzeichnung fiele nicht auf.',
    },
    call_log_late: {
      says: 'Eine Anrufliste wurde länger nicht gelesen.',
      advice: 'Sagen Sie der IT Bescheid: Verlorene Gespräche fielen nicht auf.',
    },
    call_log_failed: {
      says: 'Eine Anrufliste konnte nicht gelesen werden.',
      advice: 'Sagen Sie der IT Bescheid: Verlorene Gespräche fielen nicht auf.',
    },
    copies_turned_away: {
      says: 'Im letzten Tag war kein Platz für kopierte Gespräche. Nahm kein anderer Server sie an, sind sie nirgends aufgezeichnet.',
      advice:
        'Schaffen Sie Platz auf der Festplatte, oder erhöhen Sie, wie viele Sitzungen und Ports die Box nehmen darf.',
    },
    defence_bans: {
      says: 'Adressen sind von den Telefonen ausgesperrt.',
      advice:
        'Ist eine davon ein Telefon von Ihnen, berichtigen Sie sein Kennwort; die IT sieht Sperren und hebt sie auf mit `belkluis sip bans`.',
    },
    purge_overdue: {
      says: 'Aufzeichnungen sind über ihren Tag hinaus und noch hier.',
      advice: 'Sagen Sie der IT Bescheid: Suchen Sie `purge_failed` im Protokoll des desk-Prozesses.',
    },
    purge_late: {
      says: 'Was fällig ist, wurde länger nicht gelöscht. Das soll jede Viertelstunde geschehen.',
      advice: 'Sagen Sie der IT Bescheid: Suchen Sie `purge_failed` im Protokoll des desk-Prozesses.',
    },
    keystore_waits: {
      says: 'Löschungen warten seit mehr als anderthalb Tagen auf eine Bescheinigung.',
      advice:
        'Sagen Sie der IT Bescheid: Die Epoche des Schlüsselspeichers rückt nicht vor. Suchen Sie `night_failed` im Protokoll.',
    },
    holds_review: {
      says: 'Eine Aufbewahrungspflicht ist über das Datum ihrer Prüfung hinaus.',
      advice: 'Verlängern Sie sie, oder heben Sie sie auf.',
    },
    backup_none: {
      says: 'Es ist keine Sicherung eingerichtet. Was mit dieser Box verloren geht, bleibt verloren.',
      advice: 'Richten Sie eine ein.',
    },
    backup_late: {
      says: 'Die letzte Sicherung ist zu alt.',
      advice: 'Sagen Sie der IT Bescheid: Sehen Sie in das Protokoll des desk-Prozesses.',
    },
    backup_failing: {
      says: 'Der letzte Versuch einer Sicherung ging nicht gut aus; die davor ist noch jung.',
      advice: 'Sagen Sie der IT Bescheid: Der Code sagt, warum.',
    },
    backup_failed: {
      says: 'Sicherungen gehen nicht gut aus, und die letzte gute ist zu alt.',
      advice: 'Sagen Sie der IT Bescheid: Der Code sagt, warum.',
    },
    drill_due: {
      says: 'Im letzten Monat wurde nicht versucht, ob sich die Sicherung öffnen lässt.',
      advice: 'Machen Sie eine Übung: Eine Sicherung, die nie zurückgespielt wurde, ist eine Hoffnung.',
    },
    drill_failed: {
      says: 'Die letzte Übung konnte keine Aufzeichnung aus der Sicherung öffnen.',
      advice: 'Sagen Sie der IT Bescheid: Die Sicherung brächte diese Box nicht zurück.',
    },
    scrub_late: {
      says: 'Die versiegelten Dateien wurden länger nicht durchgelesen.',
      advice: 'Sagen Sie der IT Bescheid: Der Gang durch alle Dateien kommt nicht zu Ende.',
    },
    scrub_rot: {
      says: 'Versiegelte Dateien sind beschädigt, und keine Sicherung konnte sie heilen.',
      advice: 'Sagen Sie der IT Bescheid: Vielleicht versagt die Festplatte. Ersetzen Sie sie.',
    },
    disk_low: {
      says: 'Weniger als ein Zehntel des Speichers ist frei.',
      advice: 'Fügen Sie Speicher hinzu, oder verkürzen Sie die Aufbewahrung.',
    },
    disk_forecast: {
      says: 'So wie es läuft, ist der Speicher binnen 30 Tagen voll.',
      advice: 'Fügen Sie Speicher hinzu, oder verkürzen Sie die Aufbewahrung.',
    },
    disk_reserve: {
      says: 'Der Speicher ist voll bis auf das, was Protokoll und Löschung brauchen. Nichts wird mehr aufgezeichnet; Gespräche, deren Zweck eine Aufzeichnung verlangt, werden abgewiesen.',
      advice: 'Schaffen Sie sofort Platz.',
    },
    cpu_busy: {
      says: 'Der Prozessor ist seit Minuten ausgelastet. Gespräche können spät beginnen, und der Ton kann stocken.',
      advice:
        'Sehen Sie nach, was sonst auf dieser Maschine läuft; verteilen Sie Gespräche auf mehr Boxen, oder nehmen Sie eine größere.',
    },
    temperature_high: {
      says: 'Die Maschine läuft heiß.',
      advice: 'Sehen Sie nach Lüfter, Luft und Raum.',
    },
    temperature_critical: {
      says: 'Die Maschine ist so heiß, dass sie langsamer wird und sich abschalten kann.',
      advice: 'Kühlen Sie sie jetzt: Lüfter, Luft, Raum.',
    },
    memory_low: {
      says: 'Es ist wenig Arbeitsspeicher übrig. Das System kann einen Prozess der Box beenden.',
      advice: 'Sehen Sie nach, was sonst auf dieser Maschine läuft, oder geben Sie ihr mehr Arbeitsspeicher.',
    },
    certificate_expires: {
      says: 'Das Zertifikat dieser Box läuft binnen 30 Tagen ab.',
      advice: 'Starten Sie die Box neu, und sie macht ein neues.',
    },
    certificate_expired: {
      says: 'Das Zertifikat dieser Box ist abgelaufen. Telefone können die Verbindung verweigern.',
      advice: 'Starten Sie die Box neu, und sie macht ein neues.',
    },
    uplink_down: {
      says: 'Die Flotte ist nicht erreichbar. Aufgezeichnet wird weiter; was die Flotte wissen soll, wartet hier.',
      advice: 'Sehen Sie nach, ob die Leitung steht und die Box zur Flotte durchlässt.',
    },
    uplink_certificate_expires: {
      says: 'Das Zertifikat, an dem die Flotte diese Box erkennt, endet bald und wurde nicht erneuert.',
      advice: 'Sehen Sie nach, ob die Flotte erreichbar ist; nach dem Ende muss die Box neu aufgenommen werden.',
    },
    software_old: {
      says: 'Die Software dieser Box ist älter als ein halbes Jahr. Was seither behoben wurde, fehlt.',
      advice: 'Installieren Sie die aktuelle Version.',
    },
  },
  gauges: {
    disk_days_left: 'Tage, bis der Speicher voll ist',
    disk_used_percent: 'Belegter Speicher',
    cpu_percent: 'Auslastung des Prozessors',
    temperature_celsius: 'Temperatur',
    memory_used_percent: 'Belegter Arbeitsspeicher',
    clock_offset_ms: 'Uhr gegen die Zeit, der geglaubt wird',
    rtp_loss_permille: 'Ton, der auf dem Weg hierher verloren geht',
    rtp_jitter_ms: 'Jitter',
    mos_hundredths: 'Tonqualität (MOS, geschätzt)',
    trunks_configured: 'Trunks',
    trunks_up: 'Trunks, die da sind',
    pbx_up: 'Telefonanlage antwortet',
    phones_known: 'Telefone, die sich anmelden dürfen',
    phones_registered: 'Angemeldete Telefone',
    recorded_hours_ago: 'Seit der letzten abgeschlossenen Aufzeichnung',
    test_call_hours_ago: 'Seit ein Testanruf gut ausging',
    purge_overdue: 'Aufzeichnungen über ihren Tag hinaus',
    recipient_key_days_left: 'Erster Schlüssel läuft ab in',
    backup_hours_ago: 'Alter der Sicherung',
    policy_days_left: 'Richtlinie zu erneuern in',
    certificate_days_left: 'Zertifikat gilt noch',
    uplink_certificate_days_left: 'Zertifikat für die Flotte gilt noch',
    uplink_queued: 'Nachrichten, die auf die Flotte warten',
    uplink_reconnects: 'Verbindungen zur Flotte in einer Stunde',
    witness_hours_ago: 'Seit ein Zeuge mitunterzeichnete',
    software_age_days: 'Alter der Software',
    uptime_hours: 'Seit die Maschine startete',
  },
};
