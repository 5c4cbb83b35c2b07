/** Bounds of alerts and of what is told of them. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Boxes that are looked at in one transaction: some 10 ms of SQLite's process. */
export const LOOK_BATCH = 500;

/** One that comes back so soon after it went is the same alert, ms: who acknowledged it has seen it. */
export const SAME_AGAIN_MS = 5 * MINUTE_MS;

/** That an alert has gone is told after this, ms: what comes back before was never away. */
export const GONE_AFTER_MS = MINUTE_MS;

/** What nobody raised again for so long has ended, ms: a broker repeats its notice each ten minutes, ingest each hour. */
export const QUIET_MS = 2 * HOUR_MS + 10 * MINUTE_MS;

/** Difference between a box's clock and ours that is an alert, ms: ingest tolerates as much. */
export const SKEW_MS = 2 * MINUTE_MS;

/** A policy that waits for a person at the box is put away undecided after two weeks; in the second it is an alert. Time left, ms. */
export const PENDING_LEFT_MS = 7 * DAY_MS;

/** An agreement that ends so soon is an alert, ms: a month to sign the next. */
export const AGREEMENT_ENDING_MS = 30 * DAY_MS;

/** How long alerts that went are kept, ms: as the timeline of a box. */
export const PAST_KEPT_MS = 90 * DAY_MS;

/** Rows of one step of expiry. */
export const EXPIRED_ROWS = 500;

/** Longest note or reason, characters: a sentence or two. */
export const MAX_NOTE_LENGTH = 500;

/** Longest mute with an end, ms: what nobody wants to hear of for a year is a matter for a policy. */
export const MAX_MUTE_MS = 366 * DAY_MS;

/** Per MSP: each is read when something is told or listed. */
export const MAX_MUTES = 500;
export const MAX_WINDOWS = 500;

/** A window that is over is shown for so long, ms: somebody may ask why nobody was told. */
export const WINDOWS_KEPT_MS = 31 * DAY_MS;

/** Boxes that one window names: more are a site or a customer. */
export const MAX_WINDOW_BOXES = 200;

/** Channels of one MSP, and addresses of one. */
export const MAX_CHANNELS = 50;
export const MAX_ADDRESSES = 20;

/** Longest URL of a webhook, characters. */
export const MAX_URL_LENGTH = 2000;

/** News is gathered so long before it is told, ms, and a channel is told this seldom, ms: 5,000 boxes that lost one line are one message. */
export const GATHER_MS = 10 * SECOND_MS;
export const DIGEST_EVERY_MS = MINUTE_MS;

/** Alerts that are looked at in one transaction for what is to be told. */
export const NEWS_BATCH = 1000;

/** Alerts in one webhook: some 400 kB. The rest follows. */
export const WEBHOOK_ITEMS = 1000;

/** Alerts in one mail, of which so many are listed by name: nobody reads more. */
export const MAIL_ITEMS = 20_000;
export const MAIL_LINES = 100;

/** Who sends holds a message for so long, ms; then another process may. Longer than the longest sending. */
export const LEASE_MS = 2 * MINUTE_MS;

/** Messages that a process sends at once. */
export const SENDING_AT_ONCE = 8;

/** Waits before the tries after the first, ms. The last is some 28 hours after it. */
export const BACKOFF_MS: readonly number[] = [
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
  8 * HOUR_MS,
  12 * HOUR_MS,
];

/** How long what became of a message is shown, ms. */
export const DELIVERIES_KEPT_MS = 30 * DAY_MS;

/** A receiver answers within this, ms, and in so many bytes; what it says is not read. */
export const WEBHOOK_MS = 15 * SECOND_MS;
export const MAX_ANSWER_BYTES = 16 * 1024;

/** A mail server greets, and answers a command, within this, ms; all of it is over within LEASE_MS. */
export const MAIL_GREETING_MS = 15 * SECOND_MS;
export const MAIL_MS = 60 * SECOND_MS;

/** Tests of one channel, ms apart: a button is no way to fill somebody's mailbox. */
export const TEST_EVERY_MS = 10 * SECOND_MS;

/** Bytes of a webhook's secret, and how long the former is good beside a new one, ms. */
export const SECRET_BYTES = 32;
export const FORMER_SECRET_MS = 24 * HOUR_MS;

/** How long what other rooms say is kept while it reaches nobody, ms: an MSP without a channel may make one. */
export const UNREACHED_KEPT_MS = 366 * DAY_MS;

/** That somebody still asks for what reached nobody is noted this seldom, ms; what nobody asked for this long is past. They ask each minute. */
export const ASK_NOTED_MS = 15 * MINUTE_MS;
export const ASKED_MS = 2 * HOUR_MS;

/** What reached one channel is brought to the others for so long, ms: somewhat longer than all tries take. */
export const REACHED_MS = 2 * DAY_MS;

/** A channel that takes one message tries those that would wait longer than this again, ms: one that takes only some is not pressed. */
export const MENDED_WAIT_MS = HOUR_MS;
