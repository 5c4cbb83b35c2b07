import type { ProblemCode } from '../../problems.ts';
import { alertProblems } from './alert-problems.ts';

/** Was abgelehnt wird. */
export const problems: Readonly<Record<ProblemCode, string>> = {
  not_here: 'Eine solche Seite gibt es nicht, oder nichts von Ihnen steht darauf.',
  cross_site:
    'Das kam von einer anderen Seite, also wurde nichts getan. Öffnen Sie die Seite hier und versuchen Sie es noch einmal.',
  too_large: 'Was Sie geschickt haben, ist zu groß.',
  too_many: 'Von Ihrer Adresse kommen zu viele Anfragen. Warten Sie einen Moment.',
  password_differs: 'Die beiden Passwörter sind verschieden. Tippen Sie sie noch einmal.',
  body_wrong: 'Diese Anfrage ist nicht zu verstehen. Öffnen Sie die Seite noch einmal.',
  unavailable:
    'Das ging nicht, und nichts wurde geändert. Versuchen Sie es gleich noch einmal oder sagen Sie es dem, der diesen Server betreibt.',

  command_box_unknown: 'Diese Box gibt es nicht, oder sie ist nicht aktiv. Öffnen Sie die Liste der Boxen neu.',
  commands_too_many: 'Ein Auftrag geht an höchstens 5.000 Boxen. Engen Sie den Filter ein.',
  session_over: 'Ihre Sitzung ist vorbei. Melden Sie sich neu an.',
  second_factor_needed:
    'Richten Sie zuerst Ihren zweiten Faktor ein, oder geben Sie ihn an. Vorher geht nichts anderes.',
  not_allowed: 'Ihre Rolle umfasst das nicht. Fragen Sie einen Inhaber Ihres MSP.',
  msp_archived: 'Ihr MSP wurde archiviert. Fragen Sie den, der diesen Server betreibt.',
  login_refused:
    'E-Mail-Adresse oder Passwort stimmt nicht. Versuchen Sie es noch einmal; im Passwort zählen Groß- und Kleinbuchstaben.',
  login_wait: 'Zu viele Versuche sind gescheitert. Warten Sie, dann versuchen Sie es noch einmal.',
  login_busy: 'Im Moment melden sich zu viele an. Versuchen Sie es in ein paar Sekunden noch einmal.',
  login_crowded: 'Im Moment melden sich zu viele an. Versuchen Sie es in ein paar Minuten noch einmal.',
  code_refused:
    'Dieser Code stimmt nicht oder wurde schon benutzt. Warten Sie auf den nächsten in Ihrer Authenticator-App.',
  code_expired: 'Zwischen Passwort und Code verging zu viel Zeit. Beginnen Sie noch einmal mit dem Passwort.',
  sign_in_again:
    'Sie haben hier keinen zweiten Faktor, um zu zeigen, dass Sie es noch sind. Melden Sie sich ab, melden Sie sich über Ihren Anbieter an und richten Sie innerhalb einer halben Stunde einen ein.',
  totp_there: 'Eine Authenticator-App ist schon eingerichtet.',
  totp_not_begun: 'Beginnen Sie zuerst mit dem Einrichten der Authenticator-App.',
  enrolled_already: 'Inzwischen wurde ein zweiter Faktor eingerichtet. Melden Sie sich damit an.',
  passkey_refused:
    'Dieser Passkey ist hier nicht bekannt oder konnte nicht geprüft werden. Versuchen Sie es noch einmal oder melden Sie sich mit dem Passwort an.',
  passkey_provider:
    'Ihr Konto kommt von einem Identitätsanbieter. Melden Sie sich zuerst dort an; dann ist dieser Passkey Ihr zweiter Faktor.',
  passkey_unknown: 'Einen solchen Passkey haben Sie nicht.',
  last_factor: 'Das ist Ihr einziger zweiter Faktor. Richten Sie zuerst einen anderen ein.',
  passkeys_full: 'Sie haben so viele Passkeys, wie passen. Entfernen Sie zuerst einen.',
  password_short: 'Das Passwort ist zu kurz. Nehmen Sie mindestens 12 Zeichen, etwa vier Wörter.',
  password_long: 'Das Passwort ist zu lang. Nehmen Sie höchstens 256 Zeichen.',
  invitation_refused: 'Diese Einladung gilt nicht oder wurde schon benutzt. Bitten Sie den Absender um eine andere.',
  invitations_full: 'Zu viele Einladungen sind noch offen. Ziehen Sie zuerst einige zurück.',
  invitation_unknown: 'Eine solche Einladung gibt es nicht. Vielleicht wurde sie benutzt.',
  email_invalid: 'Geben Sie eine E-Mail-Adresse an.',
  email_taken: 'Mit dieser E-Mail-Adresse ist schon jemand hier.',
  grants_invalid:
    'Geben Sie mindestens eine Rolle, jede für den ganzen MSP, einen Kunden oder einen Standort. Ein Inhaber hat den ganzen MSP.',
  grants_changed:
    'Jemand anders hat diese Rollen inzwischen geändert, daher wurde nichts getan. Sehen Sie sie sich noch einmal an.',
  person_unknown: 'Eine solche Person gibt es nicht.',
  people_full: 'Dieser MSP hat so viele Personen, wie passen. Entfernen Sie zuerst eine.',
  last_owner:
    'Das ist der einzige Inhaber, der sich anmelden kann. Machen Sie zuerst jemand anderen zum Inhaber, der sich dann anmeldet.',
  scope_too_small: 'Ihre Rolle umfasst einen Teil des MSP. Fragen Sie jemanden, dessen Rolle alles umfasst.',
  token_refused: 'Dieses Token gilt nicht, oder seine Zeit ist vorbei. Erstellen Sie ein anderes.',
  token_unvouched:
    'Wer dieses Token erstellt hat, kommt über einen Identitätsanbieter herein und wurde dort 30 Tage lang nicht, oder nicht mehr, eingelassen. Sobald die Person sich dort wieder anmeldet, gilt das Token wieder.',
  token_acts: 'Wählen Sie mindestens eines, was das Token darf, aus dem, was Sie dürfen und ein Token kann.',
  token_days: 'Wählen Sie 1 bis 365 Tage.',
  token_unknown: 'Ein solches Token gibt es nicht.',
  tokens_full: 'Sie haben so viele Tokens, wie passen. Beenden Sie zuerst eines.',

  provider_unknown: 'Einen solchen Identitätsanbieter gibt es nicht.',
  provider_invalid:
    'Etwas an diesem Identitätsanbieter ist nicht, wie es sein muss. Korrigieren Sie das hier genannte Feld.',
  provider_changed:
    'Jemand anders hat diesen Identitätsanbieter inzwischen geändert. Öffnen Sie ihn noch einmal und ändern Sie ihn dann.',
  provider_issuer:
    'Wer zu einem anderen Aussteller gehört, ist jemand anders. Fügen Sie den neuen neben diesem hinzu und entfernen Sie dann diesen.',
  providers_full: 'Dieser MSP hat so viele Identitätsanbieter, wie passen. Entfernen Sie zuerst einen.',
  provider_last_owner:
    'Ohne diesen Anbieter könnte sich kein Inhaber anmelden. Ein eingeladener Inhaber richtet zuerst einen Passkey ein und trennt den Anbieter, oder lädt einen Inhaber mit Passwort ein.',
  provider_unreachable:
    'Der Identitätsanbieter antwortet nicht. Versuchen Sie es noch einmal; bleibt es so, prüfen Sie, ob seine Adresse stimmt und von diesem Server erreichbar ist.',
  provider_unfit:
    'Diesem Identitätsanbieter fehlt ein Token-Endpunkt, oder er veröffentlicht keine Schlüssel. Bitten Sie seinen Betreiber um OpenID Connect mit dem Code-Ablauf.',
  provider_moved:
    'Der Identitätsanbieter nennt andere Adressen als beim Hinzufügen. Ein Inhaber prüft, ob das gewollt ist, und speichert ihn noch einmal.',
  provider_secret_lost:
    'Das Client-Geheimnis lässt sich mit dem Schlüssel dieses Servers nicht öffnen. Ein Inhaber gibt es noch einmal ein.',
  provider_expired:
    'Diese Anmeldung dauerte zu lang, war schon beendet oder begann in einem anderen Browser. Beginnen Sie von vorn.',
  provider_denied:
    'Der Identitätsanbieter sagt, dass Sie nicht weitermachen wollten. Beginnen Sie von vorn oder melden Sie sich anders an.',
  provider_refused:
    'Die Antwort des Identitätsanbieters gehört nicht zu dieser Anmeldung oder ließ sich nicht prüfen. Beginnen Sie von vorn; bleibt es so, sagen Sie es einem Inhaber.',
  provider_not_admitted:
    'Der Identitätsanbieter kennt Sie, aber Ihre Adresse oder Ihr Konto gehört nicht zu denen, die hier hereindürfen. Fragen Sie einen Inhaber.',
  provider_nobody: 'Zu diesem Konto gehört hier niemand. Bitten Sie einen Inhaber um eine Einladung.',
  provider_address:
    'Der Identitätsanbieter nennt von Ihnen keine bestätigte E-Mail-Adresse. Fragen Sie seinen Betreiber.',
  provider_address_differs:
    'Die Einladung gilt einer anderen E-Mail-Adresse als der, die der Identitätsanbieter bestätigt hat. Bitten Sie einen Inhaber um eine für diese Adresse.',
  provider_address_taken:
    'Mit dieser E-Mail-Adresse ist schon jemand hier. Sind Sie das, dann melden Sie sich wie bisher an und verbinden Sie den Anbieter mit Ihrem Konto.',
  provider_taken: 'Dieses Konto beim Anbieter gehört hier schon jemandem.',
  provider_rule:
    'Sie sind über diesen Anbieter hier, daher kommen Sie nur über ihn herein. Ein Inhaber kann Sie hier entfernen und stattdessen einladen.',
  provider_linked: 'Ein anderes Konto bei diesem Anbieter ist mit Ihrem verbunden. Trennen Sie es zuerst.',
  provider_factor_missing:
    'Der Identitätsanbieter hat nicht gesagt, dass er einen zweiten Faktor verlangt hat. Melden Sie sich dort mit einem an, dann hier noch einmal.',

  msp_unknown: 'Einen solchen MSP gibt es nicht.',
  customer_unknown: 'Einen solchen Kunden gibt es nicht. Gehen Sie zurück zur Liste der Kunden.',
  site_unknown: 'Einen solchen Standort gibt es nicht. Gehen Sie zurück zum Kunden.',
  name_invalid: 'Geben Sie einen Namen von 1 bis 80 Zeichen an.',
  name_taken: 'Etwas hier heißt schon so. Wählen Sie einen anderen Namen.',
  country_invalid: 'Geben Sie das Land mit seinen zwei Buchstaben an, etwa NL.',
  time_zone_invalid: 'Geben Sie die Zeitzone mit ihrem Ort an, etwa Europe/Amsterdam.',
  archived: 'Das wurde archiviert. Holen Sie es zuerst zurück.',
  box_unknown: 'Eine solche Box gibt es nicht. Gehen Sie zurück zur Liste der Boxen.',
  tag_invalid: 'Ein Schlagwort hat 1 bis 30 lesbare Zeichen und kein Komma.',
  tags_too_many: 'Eine Box hat höchstens 10 Schlagwörter. Nehmen Sie zuerst eines weg.',
  msp_tags_too_many:
    'Es gibt schon 200 verschiedene Schlagwörter. Verwenden Sie eines davon, oder nehmen Sie zuerst eines bei allen Boxen weg.',
  view_unknown: 'Eine solche Ansicht gibt es nicht. Öffnen Sie die Liste der Boxen neu.',
  view_empty: 'Diese Ansicht filtert nichts. Filtern Sie zuerst die Liste, und speichern Sie sie dann.',
  views_full: 'Es gibt schon 20 Ansichten. Löschen Sie zuerst eine.',
  box_taken: 'Diese Box wird schon verwaltet. Wer sie verwaltet, muss sie zuerst freigeben.',
  cursor_invalid: 'Diese Seite gibt es nicht mehr. Beginnen Sie mit der ersten der Liste.',

  log_empty: 'Im Log steht noch nichts.',
  log_unsigned: 'Das Log ist hier noch nicht unterzeichnet. Das geschieht jede Viertelstunde.',
  event_unknown: 'Eine solche Zeile gibt es im Log nicht.',
  box_not_watched: 'Vom Log dieser Box ist nichts bekannt.',

  code_unreadable:
    'Das ist kein Kopplungscode: er hat 13 Buchstaben und Ziffern. Vergleichen Sie ihn mit dem, was die Box zeigt.',
  code_unknown:
    'Keine Box zeigt der Fleet jetzt diesen Code. Sehen Sie nach, ob die Box sagt, dass sie die Fleet erreicht, und ob ihr Code nicht älter als einen Tag ist.',
  code_claimed:
    'Dieser Code wurde schon eingegeben. Auf der Seite des Standorts steht, wie weit es ist; nach Rückzug oder Ablehnung macht die Box einen anderen Code.',
  claim_wait: 'Zu viele Codes waren falsch. Warten Sie zehn Minuten.',
  agreement_missing:
    'Mit diesem Kunden gibt es keinen Auftragsverarbeitungsvertrag, also darf keine Box von ihm gekoppelt werden. Schließen Sie zuerst einen.',
  agreement_expired:
    'Der Auftragsverarbeitungsvertrag mit diesem Kunden ist abgelaufen, also darf keine Box von ihm gekoppelt werden. Erneuern Sie ihn zuerst.',
  name_unusable:
    'Der Name des MSP oder des Standorts kann auf einer Box nicht gezeigt werden: nur Buchstaben, Ziffern und einfache Zeichen, höchstens 80.',
  claim_unknown:
    'Eine solche Kopplung gibt es nicht, oder sie ist beendet. Sehen Sie auf der Seite des Standorts nach.',

  provider_missing: 'Die Fleet weiß nicht, wer sie betreibt. Fragen Sie, wer diesen Server betreibt.',
  language_unknown: 'Wählen Sie eine der Sprachen en, nl, de, fr.',
  text_invalid: 'Schreiben Sie einen Text von 1 bis 4000 lesbaren Zeichen.',
  date_invalid: 'Geben Sie einen Tag an, den es gibt, etwa 2027-12-31.',
  digest_invalid: 'Geben Sie eine SHA-256 an: 64 Ziffern und Buchstaben a bis f.',
  agreement_unknown: 'Einen solchen Vertrag mit diesem Kunden gibt es nicht, oder er ist beendet.',
  agreement_not_sent:
    'Diesem Kunden wurde kein Text gesendet, der unterschrieben werden könnte. Senden Sie zuerst einen, oder halten Sie den Scan eines eigenen Textes fest.',
  agreement_signed_late: 'Ein Vertrag kann nicht in der Zukunft unterschrieben sein.',
  agreement_ends_early: 'Ein Vertrag kann nicht enden, bevor er unterschrieben ist.',
  notice_unknown: 'Eine solche Mitteilung an diesen Kunden gibt es nicht.',
  notice_over: 'Die Zeit, dieser Änderung zu widersprechen, ist vorbei.',
  incident_unknown: 'Einen solchen Vorfall gibt es nicht, oder er betrifft Sie nicht.',
  region_locked: 'Die Konfiguration dieser Fleet hält alles in einer Region, und dieses Land liegt außerhalb.',
  transfer_blocked:
    'Dieses Land liegt außerhalb des EWR. Nennen Sie den Mechanismus (adequacy, scc, bcr), den SHA-256 seines Dokuments und den Tag, an dem die Übermittlung bewertet wurde. Für die Vereinigten Staaten zählt Angemessenheit nicht: Sie beruht auf dem Data Privacy Framework, das angefochten ist.',
  destination_undeclared:
    'Die Fleet verbindet sich nur mit dem, was compliance.destinations in ihrer Konfiguration nennt, mit Zweck und Land. Tragen Sie es dort ein, oder nehmen Sie heraus, was sie nicht nutzen soll.',

  level_unknown: 'So einen MSP, Kunden, Standort oder so eine Box gibt es hier nicht.',
  level_invalid: 'Diese Ebene sagt etwas, das keine Richtlinie sagen kann. Berichtigen Sie das genannte Feld.',
  level_changed:
    'Jemand anders hat diese Ebene inzwischen geändert. Sehen Sie, was sie jetzt sagt, und ändern Sie das.',
  level_locked: 'Eine Ebene darüber hat dies gesperrt. Fragen Sie, wer sie schrieb, oder lassen Sie es hier weg.',
  document_invalid:
    'Das ist keine Richtlinie einer Box. Bringen Sie current.json aus ihrem Richtlinienordner, wie es ist.',
  document_large:
    'Die Richtlinie ist zu groß zum Senden. Kürzen Sie, was hier genannt ist; eine Nachricht fasst 32.768 Bytes.',
  documents_full:
    'Es wurden so viele Richtlinien von Kunden gebracht, wie Platz haben. Sagen Sie es dem, der diesen Server betreibt.',
  nothing_chosen: 'Keine Box ist gewählt. Wählen Sie Boxen, oder Standorte oder Kunden, die welche haben.',
  too_many_boxes: 'Das sind mehr Boxen, als eine Verteilung nimmt. Wählen Sie weniger und machen Sie eine zweite.',
  nothing_to_sign: 'Bei keiner dieser Boxen ändert sich die Richtlinie. Es gibt nichts zu unterzeichnen.',
  preview_old:
    'Was unterzeichnet würde, ist nicht, was Sie ansahen: eine Ebene oder eine Box hat sich inzwischen geändert. Sehen Sie es noch einmal an, dann unterzeichnen Sie.',
  some_cannot:
    'Einige dieser Boxen würden es ablehnen oder dürfen es nicht bekommen. Lassen Sie sie aus, oder berichtigen Sie, was hier genannt ist.',
  signed_meanwhile:
    'Jemand anders hat im selben Augenblick für eine dieser Boxen unterzeichnet. Sehen Sie es noch einmal an.',
  rings_invalid: 'Die Ringe passen nicht. Berichtigen Sie, was hier genannt ist.',
  rollout_unknown: 'So eine Verteilung gibt es nicht.',
  rollout_over: 'Diese Verteilung ist vorbei: fertig oder abgebrochen.',
  rollout_not_halted: 'Diese Verteilung ist nicht angehalten.',
  rollout_changed: 'Die Verteilung hat sich in diesem Augenblick geändert. Sehen Sie sie noch einmal an.',
  policy_key_elsewhere:
    'Der Schlüssel, mit dem dieser MSP Richtlinien unterzeichnet, ist nicht auf dieser Maschine. Kopieren Sie den Ordner policy-keys von dort, wo er gemacht wurde.',
  ...alertProblems,
};
