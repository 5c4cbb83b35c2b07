/** What the console needs of the fleet. `fleet/join-console.ts` fills it. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import type { Access } from '../access/access.ts';
import type { Site } from '../access/passkeys.ts';
import type { Boxes } from '../inventory/boxes.ts';
import type { Overview } from '../inventory/overview.ts';
import type { Msps } from '../tenants/msps.ts';
import type { Tenants } from '../tenants/tenants.ts';

export interface ConsoleServices {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** ISO 3166-1 alpha-2: where the fleet stands. */
  readonly region: string;
  /** For people who have chosen none. */
  readonly timeZone: string;
  /** Where browsers reach the console. */
  readonly site: Site;
  readonly access: Access;
  readonly msps: Pick<Msps, 'nameOf'>;
  readonly tenants: Tenants;
  readonly boxes: Boxes;
  readonly overview: Overview;
}
