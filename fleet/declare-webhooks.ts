/** Webhooks of all MSPs in the list of places: the process connects to nobody else, and annexes of agreements name where they lead. */
import type { Log } from '@belkluis/shared/base/log';
import type { Place } from './alerts/channels.ts';
import type { Locations } from './compliance/locations.ts';

interface Parts {
  readonly places: () => Promise<readonly Place[]>;
  readonly locations: Pick<Locations, 'declare'>;
  readonly log: Log;
}

/** Makes the list what channels are now, each time that it is called. */
export function openWebhookPlaces({ places, locations, log }: Parts): () => Promise<void> {
  const declared = new Map<string, () => void>();
  return async () => {
    const now = new Map((await places()).map((place) => [JSON.stringify(place), place]));
    for (const [key, undo] of declared)
      if (!now.has(key)) {
        undo();
        declared.delete(key);
      }
    for (const [key, place] of now) {
      if (declared.has(key)) continue;
      try {
        declared.set(key, locations.declare(place));
      } catch (error) {
        // The configuration allows less than it did: it is not reached, and the channel says so.
        log('webhook_not_declared', { msp: place.msp, code: (error as { code?: string }).code ?? null });
        declared.set(key, () => {});
      }
    }
  };
}
