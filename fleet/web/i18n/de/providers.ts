import type { Texts } from '../en.ts';

export const providers: Texts['providers'] = {
  title: 'Anmelden über Identitätsanbieter',
  lead: 'Kolleginnen und Kollegen kommen mit dem Konto herein, das sie dort haben, und sind hier weg, wenn sie dort weg sind.',
  none: 'Noch keiner: Alle melden sich mit einem Passkey an, oder mit Kennwort und Code.',
  add: 'Anbieter hinzufügen',
  formLead: 'Beim Speichern fragt die Flotte den Anbieter nach seinen Adressen und verbindet sich mit keinen anderen.',
  name: 'Name',
  nameHint: 'Wie er auf der Schaltfläche steht: „Anmelden mit …“',
  issuer: 'Issuer',
  issuerHint: 'Seine https-Adresse, etwa https://login.example.org',
  clientId: 'Client-ID',
  clientSecret: 'Client-Geheimnis',
  secretHint: 'Wird versiegelt aufbewahrt; niemand sieht es wieder',
  secretStays: 'Leer: Es bleibt, wie es ist',
  country: 'Land',
  countryHint: 'Wo der Anbieter Anmeldungen aufbewahrt, zwei Buchstaben',
  domains: 'E-Mail-Domains',
  domainsHint: 'Wer dort eine geprüfte Adresse hat, darf kommen; eine je Zeile',
  subjects: 'Subjects',
  subjectsHint: 'Einzelne Konten nach ihrem sub; eines je Zeile',
  trustsEmail: 'Seine Adressen sind geprüft, auch wo er es nicht sagt',
  trustsEmailHint: 'Für das Verzeichnis einer einzigen Organisation, etwa Entra ID',
  factorHint:
    'Werte, die sagen, dass er nach einem zweiten Faktor fragte, mit Kommas. In beiden keiner: Unserer wird immer verlangt',
  rules: 'Wer ohne Einladung hereinkommt',
  rulesHint:
    'Eine je Zeile: groups = ops: operator, auditor. Eine Rolle bleibt, solange eine Regel sie gibt. Niemand wird durch eine Regel Eigentümer',
  save: 'Speichern',
  back: 'Zurück zur Liste',
  redirect: 'Redirect-Adresse, dort einzutragen',
  address: 'Adresse für Kolleginnen und Kollegen',
  remove: 'Diesen Anbieter entfernen',
  removeLead:
    'Niemand kommt mehr darüber herein, und ihre Sitzungen enden. Wer einen Passkey oder ein Kennwort hat, behält sie.',
};

export const signInWith: Texts['signInWith'] = {
  moment: 'Einen Augenblick',
  momentLead: 'Sie sind unterwegs.',
  goOn: 'Weiter',
  with: (name: string) => `Anmelden mit ${name}`,
  choose: 'Wie möchten Sie hereinkommen?',
  chooseLead: 'Ihre Organisation hat mehrere Anbieter.',
  byProvider: 'Über die Anmeldung Ihrer Organisation hereinkommen',
  own: 'Ihre Identitätsanbieter',
  ownLead: 'Verbunden melden Sie sich mit dem Konto an, das Sie dort haben. Ihre anderen Sitzungen enden dann.',
  none: 'Ihr MSP hat keinen Identitätsanbieter.',
  connected: 'verbunden',
  connect: (name: string) => `${name} verbinden…`,
  disconnect: 'Trennen',
  titles: {
    connect: (name) => `${name} verbinden`,
    disconnect: (name) => `${name} trennen`,
  },
  leads: {
    connect: 'Sie melden sich jetzt dort an, und von da an mit diesem Konto.',
    disconnect: 'Sie kommen damit nicht mehr herein. Jede andere Sitzung von Ihnen endet.',
  },
  connectVerb: 'Verbinden',
};
