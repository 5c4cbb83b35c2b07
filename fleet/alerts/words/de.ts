import type { AlertWords } from './words.ts';

export const de: AlertWords = {
  codes: {
    offline: {
      title: 'Box nicht gehört',
      says: 'Die Box hat keine Verbindung zur Flotte. Sie zeichnet auch ohne Verbindung auf.',
      advice: 'Prüfen Sie, ob sie Strom hat und ob das Netz dort sie hinauslässt.',
    },
    clock_skew: {
      title: 'Uhr falsch',
      says: 'Die Uhr der Box weicht um mehr als zwei Minuten von der der Flotte ab.',
      advice: 'Prüfen Sie, ob die Box ihren Zeitserver erreicht.',
    },
    policy_refused: {
      title: 'Richtlinie abgelehnt',
      says: 'Die Box oder jemand dort hat die Richtlinie abgelehnt. Die vorige bleibt in Kraft.',
      advice: 'Lesen Sie den Grund auf der Seite der Box, berichtigen Sie die Richtlinie und signieren Sie sie neu.',
    },
    policy_pending_long: {
      title: 'Richtlinie wartet auf eine Entscheidung',
      says: 'Die Richtlinie wartet seit mehr als einer Woche auf eine Entscheidung an der Box. Unentschieden wird sie weggelegt.',
      advice: 'Bitten Sie die Datenschutzbeauftragte oder den Datenschutzbeauftragten dort, darüber zu entscheiden.',
    },
    policy_drift: {
      title: 'Andere Richtlinie in Kraft',
      says: 'Auf der Box ist eine andere Richtlinie in Kraft als gewünscht.',
      advice: 'Vergleichen Sie beide auf der Seite der Box. Vielleicht hat jemand dort eine angewendet.',
    },
    policy_altered: {
      title: 'Richtlinie, die niemand unterschrieb',
      says: 'Die Box lehnte eine Richtlinie ab, die hier niemand unterschrieb: Sie wurde in der Datenbank oder unterwegs verändert. Was in Kraft war, bleibt es.',
      advice:
        'Sagen Sie es dem Betreiber des Servers. Vergleichen Sie die Richtlinien auf der Seite der Box, bevor Sie eine neue unterschreiben.',
    },
    rollout_halted: {
      title: 'Verteilung angehalten',
      says: 'Eine Verteilung von Richtlinien wurde angehalten, weil zu viele Boxen sie ablehnten oder nicht anwenden konnten.',
      advice:
        'Lesen Sie auf der Seite der Verteilung, was die Boxen sagen, berichtigen Sie die Richtlinie, dann setzen Sie fort oder brechen ab.',
    },
    audit_silent: {
      title: 'Protokoll nicht gehört',
      says: 'Die Box hat seit einem Tag den Kopf ihres Protokolls nicht gezeigt.',
      advice: 'Prüfen Sie, ob die Box verbunden ist. Wenn ja, sehen Sie dort in das Protokoll.',
    },
    audit_fork: {
      title: 'Zwei verschiedene Protokolle',
      says: 'Die Box hat zwei Protokolle signiert, die nicht beide wahr sein können. Beide signierten Köpfe sind als Beweis aufbewahrt.',
      advice: 'Unterrichten Sie den Datenschutz. Ändern Sie nichts an der Box, bis jemand sie verglichen hat.',
    },
    audit_rollback: {
      title: 'Protokoll kürzer als zuvor',
      says: 'Die Box hat ein Protokoll signiert, das kürzer ist als ein früheres. Beide signierten Köpfe sind als Beweis aufbewahrt.',
      advice:
        'Fragen Sie, ob die Box aus einer Sicherung wiederhergestellt wurde. Wenn nicht, unterrichten Sie den Datenschutz.',
    },
    audit_inconsistent: {
      title: 'Protokoll setzt nicht fort',
      says: 'Das Protokoll der Box setzt nicht fort, was zuvor gesehen wurde. Beide signierten Köpfe sind als Beweis aufbewahrt.',
      advice: 'Unterrichten Sie den Datenschutz. Ändern Sie nichts an der Box, bis jemand sie verglichen hat.',
    },
    software_stale: {
      title: 'Software ist alt',
      says: 'Seit mehr als 30 Tagen gibt es eine neuere Version, und die Box hat sie nicht.',
      advice: 'Aktualisieren Sie die Box. Was sich geändert hat, steht bei der Version.',
    },
    software_vulnerable: {
      title: 'Bekannte Schwachstelle',
      says: 'Eine Schwachstelle in Software der Box ist seit mehr als 30 Tagen bekannt.',
      advice: 'Aktualisieren Sie die Box auf eine Version ohne sie. Welche es ist, sagt die Seite der Box.',
    },
    certificate_cloned: {
      title: 'Zertifikat doppelt benutzt',
      says: 'Zwei Programme benutzen das Zertifikat dieser Box. Es oder ihre Platte wurde kopiert.',
      advice: 'Sperren Sie die Box und koppeln Sie sie neu. Finden Sie heraus, wer ihre Platte hatte.',
    },
    memory_lost: {
      title: 'Box zählt von vorn',
      says: 'Die Box nummeriert ihre Nachrichten neu: Sie verlor ihr Gedächtnis, wurde aus einer Kopie hergestellt, oder es gibt zwei.',
      advice: 'Fragen Sie, wer an ihr arbeitet. Ist es niemand, sperren Sie sie.',
    },
    foreign_access: {
      title: 'Greift nach Fremdem',
      says: 'Die Box wollte lesen oder schreiben, was einer anderen Box gehört. Das wurde verweigert.',
      advice: 'Ihre Software wurde verändert, oder jemand hat ihren Schlüssel. Sperren Sie sie im Zweifel.',
    },
    flooded: {
      title: 'Sendet zu viel',
      says: 'Die Box sendete mehr, als sie zu sagen haben kann, und wurde getrennt. Andere Boxen waren nicht betroffen.',
      advice: 'Sehen Sie nach, was auf ihr läuft. Geht es weiter, sperren Sie sie.',
    },
    malformed: {
      title: 'Sendet Unlesbares',
      says: 'Die Box sendete Nachrichten, die nicht der Vereinbarung entsprechen. Sie wurden nicht angenommen.',
      advice: 'Prüfen Sie, ob ihre Software aus einer Ausgabe ist, die diese Flotte kennt.',
    },
    replayed: {
      title: 'Nachrichten aus anderer Zeit',
      says: 'Die Box sendete Nachrichten, die weit in der Zukunft liegen oder älter sind, als sie welche aufbewahrt. Sie wurden nicht angenommen.',
      advice: 'Sehen Sie nach der Uhr der Box. Geht sie richtig, wiederholt jemand alte Nachrichten.',
    },
    agreement_ending: {
      title: 'Vertrag endet bald',
      says: 'Der Vertrag zur Auftragsverarbeitung mit dem Kunden endet innerhalb von 30 Tagen.',
      advice: 'Schließen Sie den nächsten und tragen Sie ihn ein.',
    },
    agreement_ended: {
      title: 'Vertrag beendet',
      says: 'Der Vertrag zur Auftragsverarbeitung mit dem Kunden ist beendet. Es können keine Boxen mehr gekoppelt werden.',
      advice: 'Schließen Sie einen neuen und tragen Sie ihn ein, oder lassen Sie die Boxen gehen.',
    },
    enrolment_locked: {
      title: 'Zu viele falsche Kopplungscodes',
      says: 'Es wurden falsche Kopplungscodes eingegeben, darum wartet das Koppeln eine Weile.',
      advice: 'Fragen Sie, wer sie eingab. Lesen Sie den Code noch einmal von der Box ab.',
    },
  },
  levels: { warn: 'beachten', bad: 'dringend' },
  kinds: { opened: 'Neu', worse: 'Schlimmer', cleared: 'Vorbei' },
  notices: {
    kinds: {
      agreement_ends: 'Auftragsverarbeitungsvertrag endet',
      agreement_ended: 'Auftragsverarbeitungsvertrag ist beendet',
      subprocessor_change: 'Änderung bei Unterauftragsverarbeitern',
      incident: 'Vorfall',
    },
    drill: 'Übung',
    concerns: 'Betrifft',
    more: (count) => `und ${count} weitere`,
  },
  mail: {
    subject: (msp, opened, cleared) =>
      `${msp}: ${[opened > 0 ? `${opened} neu` : '', cleared > 0 ? `${cleared} vorbei` : ''].filter(Boolean).join(', ')}`,
    testSubject: 'Probe eines Kanals',
    test: 'Dies ist eine Probe. Meldungen Ihrer Boxen kommen an diese Adresse.',
    since: (when) => `seit ${when}`,
    more: (count) => `und ${count} weitere, auf der Seite der Meldungen`,
    everywhere: 'Ihre Organisation',
    footer:
      'Sie erhalten dies, weil Ihre Organisation diese Adresse bei ihrer Flotte von Belkluis-Boxen eingetragen hat.',
  },
};
