/** What agreements, public facts and notices say, in English. The other languages have the same shape. */
import type { Words } from './words.ts';

export const en: Words = {
  title: 'Processing agreement',
  subtitle: (version, day) => `Version ${version} of ${day}`,
  parties: 'Parties',
  controller: 'Controller',
  processor: 'Processor',
  server: 'Runs the server',
  contact: 'Contact',
  subject: 'Subject, nature, purpose and duration',
  subjectText:
    'The controller has boxes on its premises that record telephone calls for stated purposes. Recordings and data on calls stay in the box. The processor watches over these boxes from a server: it sees whether they work, sends them signed settings, and cosigns their logs. For this it processes the personal data in annex 1, for no other purpose.',
  subjectDuration:
    'This agreement holds as long as the processor does this for the controller, unless it names an end.',
  notHere:
    'The server receives no sound, no key that opens a recording, no telephone number and no name of anybody who calls.',
  duties: 'Duties of the processor (GDPR, Article 28(3))',
  duty: {
    a: 'It processes personal data on documented instructions of the controller alone, transfers to third countries included. The log of the server holds these instructions. If the law demands something else it says so first, unless that law forbids it.',
    b: 'Everybody who may see personal data is bound to confidentiality.',
    c: 'It takes the security measures in annex 2 (Article 32).',
    d: 'It engages sub-processors under the conditions below alone.',
    e: 'It helps the controller to answer people who use their rights. On the box the controller answers by itself.',
    f: 'It helps the controller with security, data breaches, impact assessments and prior consultation (Articles 32 to 36).',
    g: 'After the end it erases all personal data of the controller or gives it back, as the controller chooses, and certifies that. What the boxes hold stays with the controller.',
    h: 'It gives the controller all that shows that these duties are met, and allows and helps with audits and inspections. It says at once when it holds an instruction to be unlawful.',
  },
  helpers: 'Sub-processors',
  helpersText: (days) =>
    `The controller agrees to the sub-processors in annex 5. The processor tells of a new one at least ${days} days before it begins. The controller may object within that time; then the change does not apply to its data, or it may end this agreement. Each sub-processor has the same duties by contract. The processor answers for them.`,
  incidents: 'Data breaches',
  incidentsText:
    'The processor tells the controller of a data breach without undue delay after it becomes aware of it, and aims at one hour: what happened, what data and whom it concerns, what it does about it. What is not known yet follows.',
  transfers: 'Transfers',
  transfersInside: 'All personal data stays in the European Economic Area.',
  transfersLocked: (country) => `All personal data stays in this country: ${country}.`,
  transfersOutside:
    'Personal data leaves the European Economic Area only to the places and sub-processors in annexes 3 and 5 that say so, under the mechanism named there. None of them rests on the Data Privacy Framework.',
  orders:
    'An order of an authority of a third country is no ground to hand anything over (Article 48). Every order of an authority is written down, and the controller is told unless a law of the Union or a member state forbids it.',
  annexData: 'Annex 1. Personal data, whose, and what for',
  annexMeasures: 'Annex 2. Security measures',
  annexLocations: 'Annex 3. Where the data is',
  annexKept: 'Annex 4. How long it is kept',
  annexHelpers: 'Annex 5. Sub-processors',
  noHelpers: 'None.',
  data: {
    staff: [
      'People of the processor who sign in',
      'Name, e-mail address, roles, proof of identity: to let in who may come in',
    ],
    places: [
      'Customers and sites',
      'Names that the processor writes, which may name a person, and who signed agreements: to know which box is where, and what was agreed',
    ],
    policies: [
      'Settings of boxes (policies)',
      "Names, roles and addresses of the controller's data protection officers and key custodians, as the controller's policy has them, and public keys: to sign policies for its boxes",
    ],
    boxes: ['Boxes', 'State, health, versions, settings of a box; no field of a call: to see that it works'],
    counts: [
      'Counts of a box',
      'How often recordings were opened, exported or erased in an hour, small numbers hidden: to notice misuse',
    ],
    log: ['Log of the server', 'Who did what and when, people as codes: to account for what was done'],
    address: ['Network address of a box without owner', 'For a day, until it is paired: to hold off floods'],
  },
  days: (days) => (days === 1 ? '1 day' : `${days} days`),
  untilRemoved: 'until the processor removes it, at the end of this agreement at the latest',
  measure: {
    no_content: 'The server receives nothing of a call, in any form.',
    mutual_tls:
      'Boxes connect over TLS 1.3 with a certificate of their own, valid for 90 days; a revoked one is out within seconds.',
    two_factors: 'People sign in with two factors or a passkey.',
    scoped_roles:
      'Rights come with roles, for the whole, one customer or one site; tenants are kept apart in every query.',
    signed_policies:
      'Settings count when they are signed by a key that was confirmed at the box. What lowers privacy waits for a person there.',
    own_log: 'Every act is in a log that shows any later change (Merkle tree, signed every quarter of an hour).',
    witness: 'Logs of boxes are cosigned, so that neither side can rewrite them unseen.',
    known_destinations: 'The server connects only to the places in annex 3; a connection to another is refused.',
    region_lock: 'Places and sub-processors outside the region of this agreement are refused by the software.',
    local_database: 'The database is on the machine of the server.',
    database_tls: 'The database is reached over TLS, and its certificate is checked.',
    broker_tls: 'The message broker is reached over TLS 1.3 with certificates of both sides.',
    keys_encrypted: 'Keys of the server are stored encrypted.',
    backups: 'Backups are made to the places in annex 3.',
  },
  purpose: {
    server: 'Server',
    database: 'Database',
    broker: 'Message broker',
    mail: 'E-mail',
    webhook: 'Notices to systems of the processor',
    sign_in: 'Sign-in of people',
    time: 'Time',
    names: 'Name service',
    backup: 'Backups',
    recovery: 'Disaster recovery',
  },
  mechanism: { adequacy: 'adequacy decision', scc: 'standard contractual clauses', bcr: 'binding corporate rules' },
  runBy: (name) => `run by ${name}`,
  runsServer: 'runs the server',
  parent: (country) => `ultimate parent: ${country}`,
  since: (day) => `from ${day}`,
  signatures: 'Signatures',
  forController: 'For the controller: name, day, signature',
  forProcessor: 'For the processor: name, day, signature',
  help: 'Without a processing agreement the processing is unlawful (GDPR, Article 28(3)). A missing one falls under Article 83(4): a fine of up to 10 million euro or 2 % of the yearly turnover, not the higher amounts of Article 83(5).',
  drill: 'DRILL. This is an exercise; nothing has happened.',
  notice: {
    incident: 'Data incident at the server',
    change: (name, day, days) =>
      `Change of sub-processors: ${name}, from ${day} at the earliest. You may object within ${days} days of this notice; it does not begin before.`,
    ends: (day) => `The processing agreement ends on ${day}. Have a new one signed.`,
    ended: (day, until) =>
      `The processing agreement ended on ${day}. No box can be paired. Settings are sent to boxes until ${until}; then they go on with those that they have.`,
    found: 'Found',
    what: 'What happened',
    about: 'What data',
    steps: 'What is done about it',
  },
};
