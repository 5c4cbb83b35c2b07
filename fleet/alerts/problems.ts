import { problemsOf } from '@belkluis/shared/base/problem';

/** What can be wrong with alerts and with what tells of them. What is another tenant's is unknown, as if it were not there. */
export const problem = problemsOf({
  alert_unknown: 'There is no such alert. It may have gone meanwhile: go back to the list of alerts.',
  alert_not_closable: 'This alert goes by itself when its cause is gone. Acknowledge or mute it.',
  mute_unknown: 'There is no such mute. Go back to the list of alerts.',
  mute_invalid: 'Mute until a time in the coming year, or until it gets worse.',
  mutes_full: 'Your MSP has as many mutes as fit. End some that are no longer needed.',
  note_invalid: 'Write a note of at most 500 characters.',
  reason_missing: 'Say why, in at most 500 characters: others will ask.',
  person_unknown: 'There is no such person in your MSP, or they have not signed in yet.',
  target_unknown: 'This customer, site or box is not there, or your role does not cover it.',
  scope_too_small: 'Your role covers a part of the MSP. Ask somebody whose role covers all of it.',
  window_unknown: 'There is no such maintenance window. Go back to the list.',
  window_invalid: 'The window must end after it begins, on days that exist, and must not be over already.',
  time_zone_invalid: 'Give the time zone by its place, such as Europe/Amsterdam.',
  windows_full: 'Your MSP has as many maintenance windows as fit. Remove some that are over.',
  channel_unknown: 'There is no such channel. Go back to the list of channels.',
  channel_invalid: 'This channel cannot be as you say. Correct the field named here.',
  channels_full: 'Your MSP has as many channels as fit. Remove one first.',
  channel_no_webhook: 'Only webhooks have a secret.',
  delivery_unknown: 'There is no such message that could not be told.',
  send_failed: 'The message could not be sent. Tell whoever runs this server.',
  notice_past: 'It was not sent: by then it was no longer so.',
  test_wait: 'A test was sent a moment ago. Wait ten seconds, then try again.',
  mail_not_configured: 'This server has no mail server. Ask whoever runs it to set "mail" in its configuration.',
  mail_failed:
    'The mail server did not take the message. See what it says, and whether its address and password are right.',
  webhook_address_refused:
    'The webhook’s name leads to an address inside a network, to which this server sends nothing. Give one that is on the internet, or ask whoever runs the server to allow it.',
  webhook_name_unknown: 'The webhook’s name leads nowhere. Correct it.',
  webhook_not_declared:
    'This server may not connect to where the webhook is. A new webhook is known after a second: try again. If it stays so, ask whoever runs the server.',
  webhook_redirected: 'The receiver redirects to elsewhere, which is not followed. Give the last address itself.',
  webhook_refused: 'The receiver did not take the message. See its log; it must answer with a status of 200 to 299.',
  webhook_gone: 'The receiver says that it has gone for good. The channel was switched off.',
  webhook_slow: 'The receiver took longer than 15 seconds. It should answer first and work then.',
  webhook_answer_large: 'The receiver answers with more than 16 KiB. A status is enough.',
  webhook_unreachable:
    'The receiver cannot be reached by HTTPS. See whether it runs and whether its certificate is good.',
});
