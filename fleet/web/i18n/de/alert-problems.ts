import type { AlertProblem } from '../../problems.ts';

export const alertProblems: Readonly<Record<AlertProblem, string>> = {
  alert_unknown:
    'Eine solche Meldung gibt es nicht. Vielleicht ist sie inzwischen vorbei: Gehen Sie zurück zur Liste der Meldungen.',
  alert_not_closable:
    'Diese Meldung geht von selbst, wenn ihre Ursache weg ist. Bestätigen Sie sie oder schalten Sie sie stumm.',
  mute_unknown: 'Hier ist nichts stumm geschaltet. Gehen Sie zurück zur Liste der Meldungen.',
  mute_invalid: 'Schalten Sie stumm bis zu einer Zeit im kommenden Jahr oder bis es schlimmer wird.',
  mutes_full: 'Ihr MSP hat so vieles stumm geschaltet, wie hineinpasst. Beenden Sie, was nicht mehr nötig ist.',
  note_invalid: 'Schreiben Sie eine Notiz von höchstens 500 Zeichen.',
  reason_missing: 'Sagen Sie warum, in höchstens 500 Zeichen: Andere werden fragen.',
  target_unknown: 'Diesen Kunden, Standort oder diese Box gibt es nicht, oder Ihre Rolle umfasst sie nicht.',
  window_unknown: 'Ein solches Wartungsfenster gibt es nicht. Gehen Sie zurück zur Liste.',
  window_invalid:
    'Das Fenster muss enden, nachdem es beginnt, an Tagen, die es gibt, und darf nicht schon vorbei sein.',
  windows_full: 'Ihr MSP hat so viele Wartungsfenster, wie hineinpassen. Entfernen Sie, was vorbei ist.',
  channel_unknown: 'Einen solchen Kanal gibt es nicht. Gehen Sie zurück zur Liste der Kanäle.',
  channel_invalid: 'So kann dieser Kanal nicht sein. Berichtigen Sie das hier genannte Feld.',
  channels_full: 'Ihr MSP hat so viele Kanäle, wie hineinpassen. Entfernen Sie zuerst einen.',
  channel_no_webhook: 'Nur Webhooks haben ein Geheimnis.',
  delivery_unknown: 'Eine solche Nachricht, die nicht gemeldet werden konnte, gibt es nicht.',
  send_failed: 'Die Nachricht konnte nicht gesandt werden. Sagen Sie es dem, der diesen Server betreibt.',
  notice_past: 'Nicht gesandt: Bis dahin galt es nicht mehr.',
  test_wait: 'Gerade wurde eine Probe gesandt. Warten Sie zehn Sekunden und versuchen Sie es wieder.',
  mail_not_configured:
    'Dieser Server hat keinen Mailserver. Bitten Sie den Betreiber, „mail“ in der Konfiguration zu setzen.',
  mail_failed:
    'Der Mailserver nahm die Nachricht nicht an. Sehen Sie, was er sagt, und ob Adresse und Kennwort stimmen.',
  webhook_address_refused:
    'Der Name des Webhooks führt zu einer Adresse in einem Netz, wohin dieser Server nichts sendet. Geben Sie eine im Internet an, oder bitten Sie den Betreiber, es zu erlauben.',
  webhook_name_unknown: 'Der Name des Webhooks führt nirgendwohin. Berichtigen Sie ihn.',
  webhook_not_declared:
    'Dieser Server darf sich nicht dorthin verbinden, wo der Webhook steht. Ein neuer Webhook ist nach einer Sekunde bekannt: Versuchen Sie es wieder. Bleibt es so, fragen Sie den Betreiber.',
  webhook_redirected:
    'Der Empfänger leitet weiter, und dem wird nicht gefolgt. Geben Sie die letzte Adresse selbst an.',
  webhook_refused:
    'Der Empfänger nahm die Nachricht nicht an. Sehen Sie in sein Protokoll; er muss mit einem Status von 200 bis 299 antworten.',
  webhook_gone: 'Der Empfänger sagt, dass es ihn nicht mehr gibt. Der Kanal wurde ausgeschaltet.',
  webhook_slow: 'Der Empfänger brauchte länger als 15 Sekunden. Er soll zuerst antworten und dann arbeiten.',
  webhook_answer_large: 'Der Empfänger antwortet mit mehr als 16 KiB. Ein Status genügt.',
  webhook_unreachable:
    'Der Empfänger ist nicht über HTTPS zu erreichen. Sehen Sie, ob er läuft und ob sein Zertifikat gut ist.',
};
