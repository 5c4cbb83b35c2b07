import type { AlertProblem } from '../../problems.ts';

export const alertProblems: Readonly<Record<AlertProblem, string>> = {
  alert_unknown:
    'Il n’y a pas d’alerte de ce genre. Elle est peut-être passée entre-temps : revenez à la liste des alertes.',
  alert_not_closable: 'Cette alerte s’en va d’elle-même quand sa cause a disparu. Acquittez-la ou rendez-la muette.',
  mute_unknown: 'Rien de tel n’est muet. Revenez à la liste des alertes.',
  mute_invalid: 'Choisissez un moment de l’année qui vient, ou jusqu’à ce que cela empire.',
  mutes_full: 'Votre MSP a rendu muet autant qu’il se peut. Mettez fin à ce qui n’est plus nécessaire.',
  note_invalid: 'Écrivez une note de 500 caractères au plus.',
  reason_missing: 'Dites pourquoi, en 500 caractères au plus : d’autres demanderont.',
  target_unknown: 'Ce client, ce site ou ce boîtier n’est pas là, ou votre rôle ne le couvre pas.',
  window_unknown: 'Il n’y a pas de fenêtre de maintenance de ce genre. Revenez à la liste.',
  window_invalid: 'La fenêtre doit finir après avoir commencé, à des jours qui existent, et ne pas être déjà passée.',
  windows_full: 'Votre MSP a autant de fenêtres de maintenance qu’il se peut. Retirez celles qui sont passées.',
  channel_unknown: 'Il n’y a pas de canal de ce genre. Revenez à la liste des canaux.',
  channel_invalid: 'Ce canal ne peut être ainsi. Corrigez le champ nommé ici.',
  channels_full: 'Votre MSP a autant de canaux qu’il se peut. Retirez-en un d’abord.',
  channel_no_webhook: 'Seuls les webhooks ont un secret.',
  delivery_unknown: 'Il n’y a pas de message de ce genre qui n’ait pu être transmis.',
  send_failed: 'Le message n’a pas pu être envoyé. Dites-le à qui gère ce serveur.',
  notice_past: 'Pas envoyé : entre-temps ce n’était plus le cas.',
  test_wait: 'Un essai vient d’être envoyé. Attendez dix secondes, puis réessayez.',
  mail_not_configured:
    'Ce serveur n’a pas de serveur de courriel. Demandez à qui l’exploite de mettre « mail » dans sa configuration.',
  mail_failed:
    'Le serveur de courriel n’a pas pris le message. Voyez ce qu’il dit, et si adresse et mot de passe sont justes.',
  webhook_address_refused:
    'Le nom du webhook mène à une adresse dans un réseau, où ce serveur n’envoie rien. Donnez-en une sur Internet, ou demandez à qui exploite le serveur de le permettre.',
  webhook_name_unknown: 'Le nom du webhook ne mène nulle part. Corrigez-le.',
  webhook_not_declared:
    'Ce serveur ne peut se connecter là où est le webhook. Un nouveau webhook est connu après une seconde : réessayez. Si cela reste, demandez à qui exploite le serveur.',
  webhook_redirected: 'Le destinataire renvoie ailleurs, ce qui n’est pas suivi. Donnez la dernière adresse elle-même.',
  webhook_refused:
    'Le destinataire n’a pas pris le message. Voyez son journal ; il doit répondre par un statut de 200 à 299.',
  webhook_gone: 'Le destinataire dit ne plus exister. Le canal a été désactivé.',
  webhook_slow: 'Le destinataire a mis plus de 15 secondes. Il doit d’abord répondre, puis travailler.',
  webhook_answer_large: 'Le destinataire répond par plus de 16 Kio. Un statut suffit.',
  webhook_unreachable: 'Le destinataire est injoignable en HTTPS. Voyez s’il fonctionne et si son certificat est bon.',
};
