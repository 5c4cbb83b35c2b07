import { problemsOf } from '@belkluis/shared/base/problem';

/** What can be wrong with agreements, sub-processors, places, incidents and what is handed to auditors. */
export const problem = problemsOf({
  provider_missing:
    'The fleet does not know who runs it. Give compliance.provider in its configuration: name, address, country and contact.',
  language_unknown: 'Choose one of the languages en, nl, de, fr.',
  text_invalid: 'Write a text of 1 to 4000 readable characters.',
  name_invalid: 'Give a name of 1 to 200 readable characters.',
  date_invalid: 'Give a day that exists, such as 2027-12-31.',
  digest_invalid: 'Give a SHA-256: 64 digits and letters a to f.',
  country_invalid: 'Give the country by its two letters, such as NL.',
  customer_unknown: 'There is no such customer. Go back to the list of customers.',
  agreement_unknown: 'There is no such agreement with this customer, or it has ended.',
  agreement_not_sent:
    'No text was sent to this customer that could be signed. Send one first, or record the scan of a text of your own.',
  agreement_signed_late: 'An agreement cannot have been signed in the future.',
  agreement_ends_early: 'An agreement cannot end before it was signed.',
  transfer_blocked:
    'This country is outside the EEA. Name the mechanism (adequacy, scc, bcr), the SHA-256 of its document and the day of the transfer impact assessment. For the United States adequacy is not taken: it rests on the Data Privacy Framework, which is in dispute.',
  region_locked: 'The configuration of this fleet keeps everything in one region, and this country is outside it.',
  destination_undeclared:
    'The fleet may only connect to what compliance.destinations of its configuration names, with purpose and country. Add it there, or take it out of what the fleet shall use.',
  notice_short:
    'A new sub-processor begins at least 30 days after it was announced, so that customers can object. Choose a later day.',
  subprocessor_unknown: 'There is no such sub-processor.',
  subprocessor_not_live:
    'A destination is run by a sub-processor that is not in the register, or whose notice is still running. Register it, and wait until its first day, and until 30 days after the last customer was told: subprocessor list says who was not.',
  notice_unknown: 'There is no such notice to this customer.',
  told_wrong: 'A customer cannot have been told before the change was announced, nor in the future.',
  notice_over: 'The time to object to this change is over.',
  incident_unknown: 'There is no such incident, or none that concerns you.',
  incident_closed: 'This incident was closed. Open another.',
  incident_nobody: 'Say whom it concerns: at least one customer or box that is there.',
  order_unknown: 'There is no such order in the register.',
  pack_unreadable: 'This is no audit pack, or it was changed.',
});
