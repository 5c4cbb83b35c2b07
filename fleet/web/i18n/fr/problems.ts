import type { ProblemCode } from '../../problems.ts';
import { alertProblems } from './alert-problems.ts';

/** Ce qui est refusé. */
export const problems: Readonly<Record<ProblemCode, string>> = {
  not_here: 'Cette page n’existe pas, ou rien de ce qui est à vous ne s’y trouve.',
  cross_site: 'Ceci venait d’une autre page, donc rien n’a été fait. Ouvrez la page ici et réessayez.',
  too_large: 'Ce que vous avez envoyé est trop grand.',
  too_many: 'Trop de requêtes viennent de votre adresse. Attendez un instant.',
  password_differs: 'Les deux mots de passe diffèrent. Tapez-les à nouveau.',
  body_wrong: 'Cette requête n’est pas comprise. Ouvrez la page à nouveau.',
  unavailable:
    'Cela n’a pas fonctionné, et rien n’a changé. Réessayez dans un instant, ou dites-le à qui gère ce serveur.',

  command_box_unknown: 'Ce boîtier n’existe pas, ou n’est pas actif. Rouvrez la liste des boîtiers.',
  commands_too_many: 'Une commande va à 5 000 boîtiers au plus. Resserrez le filtre.',
  session_over: 'Votre session est terminée. Connectez-vous à nouveau.',
  second_factor_needed: 'Configurez ou donnez d’abord votre second facteur. Jusque-là, rien d’autre n’est possible.',
  not_allowed: 'Votre rôle ne couvre pas ceci. Demandez à un propriétaire de votre MSP.',
  msp_archived: 'Votre MSP a été archivé. Demandez à qui gère ce serveur.',
  login_refused:
    'L’adresse e-mail ou le mot de passe n’est pas juste. Réessayez ; majuscules et minuscules comptent dans le mot de passe.',
  login_wait: 'Trop d’essais ont échoué. Attendez, puis réessayez.',
  login_busy: 'Trop de personnes se connectent en ce moment. Réessayez dans quelques secondes.',
  login_crowded: 'Trop de personnes se connectent en ce moment. Réessayez dans quelques minutes.',
  code_refused:
    'Ce code n’est pas juste, ou a déjà servi. Attendez le prochain de votre application d’authentification.',
  code_expired: 'Trop de temps s’est écoulé entre le mot de passe et le code. Recommencez par votre mot de passe.',
  sign_in_again:
    'Vous n’avez ici aucun second facteur pour montrer que c’est encore vous. Déconnectez-vous, connectez-vous par votre fournisseur et configurez-en un dans la demi-heure.',
  totp_there: 'Une application d’authentification est déjà configurée.',
  totp_not_begun: 'Commencez d’abord à configurer l’application d’authentification.',
  enrolled_already: 'Entre-temps, un second facteur a été configuré. Connectez-vous avec lui.',
  passkey_refused:
    'Cette clé d’accès n’est pas connue ici, ou n’a pas pu être vérifiée. Réessayez, ou connectez-vous avec votre mot de passe.',
  passkey_provider:
    'Votre compte vient d’un fournisseur d’identité. Connectez-vous d’abord chez lui ; cette clé d’accès est alors votre second facteur.',
  passkey_unknown: 'Vous n’avez pas cette clé d’accès.',
  last_factor: 'C’est votre seul second facteur. Configurez-en d’abord un autre.',
  passkeys_full: 'Vous avez autant de clés d’accès que possible. Retirez-en d’abord une.',
  password_short: 'Le mot de passe est trop court. Prenez au moins 12 caractères, par exemple quatre mots.',
  password_long: 'Le mot de passe est trop long. Prenez au plus 256 caractères.',
  invitation_refused: 'Cette invitation n’est pas valable, ou a déjà servi. Demandez-en une autre à qui l’a envoyée.',
  invitations_full: 'Trop d’invitations attendent encore. Retirez-en d’abord quelques-unes.',
  invitation_unknown: 'Cette invitation n’existe pas. Elle a peut-être servi.',
  email_invalid: 'Donnez une adresse e-mail.',
  email_taken: 'Quelqu’un a déjà cette adresse e-mail ici.',
  grants_invalid:
    'Donnez au moins un rôle, chacun pour tout le MSP, un client ou un site. Un propriétaire a tout le MSP.',
  grants_changed: 'Quelqu’un d’autre a changé ces rôles entre-temps, rien n’a donc été fait. Regardez-les de nouveau.',
  person_unknown: 'Cette personne n’existe pas.',
  people_full: 'Ce MSP a autant de personnes que possible. Retirez-en d’abord une.',
  last_owner:
    'C’est le seul propriétaire qui peut se connecter. Nommez d’abord un autre propriétaire, qui se connecte ensuite.',
  scope_too_small: 'Votre rôle couvre une partie du MSP. Demandez à quelqu’un dont le rôle couvre tout.',
  token_refused: 'Ce jeton n’est pas valable, ou son temps est écoulé. Créez-en un autre.',
  token_unvouched:
    'La personne qui a créé ce jeton entre par un fournisseur d’identité, qui ne l’a pas laissée entrer depuis 30 jours, ou ne le fait plus. Dès qu’elle s’y identifie de nouveau, le jeton fonctionne de nouveau.',
  token_acts: 'Choisissez au moins une chose que le jeton peut faire, parmi ce que vous pouvez et qu’un jeton peut.',
  token_days: 'Choisissez 1 à 365 jours.',
  token_unknown: 'Ce jeton n’existe pas.',
  tokens_full: 'Vous avez autant de jetons que possible. Terminez-en d’abord un.',

  provider_unknown: 'Ce fournisseur d’identité n’existe pas.',
  provider_invalid: 'Quelque chose de ce fournisseur d’identité n’est pas comme il faut. Corrigez le champ nommé ici.',
  provider_changed:
    'Quelqu’un d’autre a modifié ce fournisseur d’identité entre-temps. Ouvrez-le à nouveau, puis modifiez-le.',
  provider_issuer:
    'Les personnes d’un autre émetteur sont d’autres personnes. Ajoutez le nouveau à côté de celui-ci, puis retirez celui-ci.',
  providers_full: 'Ce MSP a autant de fournisseurs d’identité que possible. Retirez-en d’abord un.',
  provider_last_owner:
    'Sans ce fournisseur, aucun propriétaire ne pourrait se connecter. Un propriétaire invité configure d’abord une clé d’accès et détache le fournisseur, ou invite un propriétaire avec un mot de passe.',
  provider_unreachable:
    'Le fournisseur d’identité ne répond pas. Réessayez ; si cela dure, vérifiez que son adresse est juste et joignable depuis ce serveur.',
  provider_unfit:
    'Il manque à ce fournisseur d’identité une adresse de jetons ou des clés publiées. Demandez à qui le gère OpenID Connect avec le flux par code.',
  provider_moved:
    'Le fournisseur d’identité nomme d’autres adresses que lors de son ajout. Un propriétaire vérifie si c’est voulu, et l’enregistre à nouveau.',
  provider_secret_lost:
    'Le secret client ne s’ouvre pas avec la clé de ce serveur. Un propriétaire le saisit à nouveau.',
  provider_expired:
    'Cette connexion a pris trop de temps, était déjà finie, ou a commencé dans un autre navigateur. Recommencez.',
  provider_denied:
    'Le fournisseur d’identité dit que vous n’avez pas voulu continuer. Recommencez, ou connectez-vous autrement.',
  provider_refused:
    'La réponse du fournisseur d’identité n’appartient pas à cette connexion, ou n’a pas pu être vérifiée. Recommencez ; si cela dure, dites-le à un propriétaire.',
  provider_not_admitted:
    'Le fournisseur d’identité vous connaît, mais votre adresse ou votre compte n’est pas parmi ceux qui peuvent entrer ici. Demandez à un propriétaire.',
  provider_nobody: 'Personne ici n’a ce compte. Demandez une invitation à un propriétaire.',
  provider_address:
    'Le fournisseur d’identité ne nomme aucune adresse e-mail vérifiée pour vous. Demandez à qui le gère.',
  provider_address_differs:
    'L’invitation est pour une autre adresse e-mail que celle que le fournisseur d’identité a vérifiée. Demandez à un propriétaire une invitation à cette adresse.',
  provider_address_taken:
    'Quelqu’un a déjà cette adresse e-mail ici. Si c’est vous, connectez-vous comme avant et reliez le fournisseur à votre compte.',
  provider_taken: 'Ce compte chez le fournisseur appartient déjà à quelqu’un ici.',
  provider_rule:
    'Vous êtes ici par ce fournisseur : vous n’entrez donc que par lui. Un propriétaire peut vous retirer ici et vous inviter à la place.',
  provider_linked: 'Un autre compte chez ce fournisseur est relié au vôtre. Détachez-le d’abord.',
  provider_factor_missing:
    'Le fournisseur d’identité n’a pas dit qu’il a demandé un second facteur. Connectez-vous là-bas avec un second facteur, puis ici à nouveau.',

  msp_unknown: 'Ce MSP n’existe pas.',
  customer_unknown: 'Ce client n’existe pas. Retournez à la liste des clients.',
  site_unknown: 'Ce site n’existe pas. Retournez au client.',
  name_invalid: 'Donnez un nom de 1 à 80 caractères.',
  name_taken: 'Quelque chose ici porte déjà ce nom. Choisissez-en un autre.',
  country_invalid: 'Donnez le pays par ses deux lettres, comme NL.',
  time_zone_invalid: 'Donnez le fuseau horaire par son lieu, comme Europe/Amsterdam.',
  archived: 'Ceci a été archivé. Rétablissez-le d’abord.',
  box_unknown: 'Ce boîtier n’existe pas. Retournez à la liste des boîtiers.',
  tag_invalid: 'Une étiquette a de 1 à 30 caractères lisibles, sans virgule.',
  tags_too_many: 'Un boîtier a 10 étiquettes au plus. Retirez-en d’abord une.',
  msp_tags_too_many:
    'Il y a déjà 200 étiquettes différentes. Utilisez l’une d’elles, ou retirez-en d’abord une de tous les boîtiers.',
  view_unknown: 'Il n’y a pas de telle vue. Rouvrez la liste des boîtiers.',
  view_empty: 'Cette vue ne filtre rien. Filtrez d’abord la liste, puis enregistrez-la.',
  views_full: 'Il y a déjà 20 vues. Supprimez-en d’abord une.',
  box_taken: 'Ce boîtier est déjà géré. Celui qui le gère doit d’abord le libérer.',
  cursor_invalid: 'Cette page n’existe plus. Commencez par la première de la liste.',

  log_empty: 'Rien n’est encore dans le journal.',
  log_unsigned: 'Le journal n’est pas encore signé ici. Cela se fait tous les quarts d’heure.',
  event_unknown: 'Cette ligne n’existe pas dans le journal.',
  box_not_watched: 'Rien n’est connu du journal de ce boîtier.',

  code_unreadable:
    'Ce n’est pas un code d’association : il a 13 lettres et chiffres. Comparez-le avec ce que montre le boîtier.',
  code_unknown:
    'Aucun boîtier ne montre ce code à la fleet maintenant. Vérifiez que le boîtier dit qu’il atteint la fleet, et que son code n’a pas plus d’un jour.',
  code_claimed:
    'Ce code a déjà été tapé. La page du site dit où cela en est ; après un retrait ou un refus, le boîtier fait un autre code.',
  claim_wait: 'Trop de codes étaient faux. Attendez dix minutes.',
  agreement_missing:
    'Il n’y a pas de contrat de sous-traitance avec ce client, donc aucun de ses boîtiers ne peut être associé. Signez-en d’abord un.',
  agreement_expired:
    'Le contrat de sous-traitance avec ce client a expiré, donc aucun de ses boîtiers ne peut être associé. Renouvelez-le d’abord.',
  name_unusable:
    'Le nom du MSP ou du site ne peut pas être montré sur un boîtier : lettres, chiffres et signes simples seulement, au plus 80.',
  claim_unknown: 'Cette association n’existe pas, ou elle est terminée. Regardez la page du site.',

  provider_missing: 'La fleet ne sait pas qui la gère. Demandez à qui gère ce serveur.',
  language_unknown: 'Choisissez une des langues en, nl, de, fr.',
  text_invalid: 'Écrivez un texte de 1 à 4000 caractères lisibles.',
  date_invalid: 'Donnez un jour qui existe, comme 2027-12-31.',
  digest_invalid: 'Donnez un SHA-256 : 64 chiffres et lettres de a à f.',
  agreement_unknown: 'Il n’y a pas de tel contrat avec ce client, ou il est terminé.',
  agreement_not_sent:
    'Aucun texte à signer n’a été envoyé à ce client. Envoyez-en un d’abord, ou consignez le scan d’un texte à vous.',
  agreement_signed_late: 'Un contrat ne peut être signé dans le futur.',
  agreement_ends_early: 'Un contrat ne peut finir avant d’être signé.',
  notice_unknown: 'Il n’y a pas de telle annonce à ce client.',
  notice_over: 'Le délai pour s’opposer à ce changement est passé.',
  incident_unknown: 'Il n’y a pas de tel incident, ou il ne vous concerne pas.',
  region_locked: 'La configuration de cette fleet garde tout dans une région, et ce pays est en dehors.',
  transfer_blocked:
    'Ce pays est hors de l’EEE. Nommez le mécanisme (adequacy, scc, bcr), le SHA-256 de son document et le jour où le transfert a été évalué. Pour les États-Unis, l’adéquation ne compte pas : elle repose sur le Data Privacy Framework, qui est contesté.',
  destination_undeclared:
    'La fleet ne se connecte qu’à ce que compliance.destinations nomme dans sa configuration, avec but et pays. Ajoutez-le là, ou retirez ce que la fleet ne doit pas utiliser.',

  level_unknown: 'Il n’y a pas ici de tel MSP, client, site ou boîtier.',
  level_invalid: 'Ce niveau dit ce qu’aucune politique ne peut dire. Corrigez le champ nommé.',
  level_changed: 'Quelqu’un d’autre a changé ce niveau entre-temps. Regardez ce qu’il dit maintenant, et changez cela.',
  level_locked: 'Un niveau au-dessus a verrouillé ceci. Demandez à qui l’a écrit, ou laissez-le de côté ici.',
  document_invalid:
    'Ce n’est pas une politique de boîtier. Apportez current.json de son dossier de politique, tel quel.',
  document_large:
    'La politique est trop grande pour être envoyée. Raccourcissez ce qui est nommé ici ; un message prend 32 768 octets.',
  documents_full:
    'Autant de politiques de clients ont été apportées qu’il y a de place. Dites-le à qui gère ce serveur.',
  nothing_chosen: 'Aucun boîtier n’est choisi. Choisissez des boîtiers, ou des sites ou clients qui en ont.',
  too_many_boxes: 'C’est plus de boîtiers qu’un déploiement n’en prend. Choisissez-en moins, et faites-en un second.',
  nothing_to_sign: 'La politique d’aucun de ces boîtiers ne change. Il n’y a rien à signer.',
  preview_old:
    'Ce qui serait signé n’est pas ce que vous avez regardé : un niveau ou un boîtier a changé entre-temps. Regardez de nouveau, puis signez.',
  some_cannot:
    'Certains de ces boîtiers le refuseraient, ou ne doivent pas le recevoir. Laissez-les de côté, ou corrigez ce qui est nommé ici.',
  signed_meanwhile: 'Quelqu’un d’autre a signé au même moment pour un de ces boîtiers. Regardez de nouveau.',
  rings_invalid: 'Les anneaux ne vont pas. Corrigez ce qui est nommé ici.',
  rollout_unknown: 'Il n’y a pas de tel déploiement.',
  rollout_over: 'Ce déploiement est fini ou a été annulé.',
  rollout_not_halted: 'Ce déploiement n’est pas arrêté.',
  rollout_changed: 'Le déploiement a changé à ce moment. Regardez-le de nouveau.',
  policy_key_elsewhere:
    'La clé avec laquelle ce MSP signe les politiques n’est pas sur cette machine. Copiez le dossier policy-keys d’où elle a été faite.',
  ...alertProblems,
};
