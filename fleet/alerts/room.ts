/**
 * The room of alerts. For people with a scope: `list` (what stands, and acts on it), `windows` (maintenance), `channels` (who is told). For the fleet
 * itself: `watch` (alerts come and go), `tell` (channels are told),
 * `notices` (what other rooms say to an MSP).
 */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { openAlerts } from './alerts.ts';
import { openChannels, type Place, placesOf, type Senders } from './channels.ts';
import { openAlertHistory } from './history.ts';
import { openNotices } from './notices.ts';
import { type Parts, view } from './parts.ts';
import { openTell } from './tell.ts';
import { openWatch } from './watch.ts';
import { openWindows, windowsOf } from './windows.ts';

export interface AlertRoomOptions extends Parts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly senders: Senders;
  /** Throws where the fleet may not connect to such a place. */
  readonly mayStand: (place: Place) => void;
}

export function openAlertRoom(options: AlertRoomOptions) {
  return {
    list: openAlerts({ ...options, windowsOf }),
    windows: openWindows(options),
    history: openAlertHistory(options),
    channels: openChannels(options),
    watch: openWatch(options),
    tell: openTell(options),
    notices: openNotices(options),
    /** Where webhooks of all MSPs go. */
    places: () => placesOf(view(options.database)),
  };
}
