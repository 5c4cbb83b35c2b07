/** What the console needs of the fleet. `fleet/join-console.ts` fills it. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import type { Access } from '../access/access.ts';
import type { Site } from '../access/passkeys.ts';
import type { openAlertRoom } from '../alerts/room.ts';
import type { FleetLog } from '../audit/log.ts';
import type { BoxWitness } from '../audit/witness.ts';
import type { Commands } from '../commands/commands.ts';
import type { Compliance } from '../compliance/compliance.ts';
import type { Enrolment } from '../enrolment/enrolment.ts';
import type { Boxes } from '../inventory/boxes.ts';
import type { Glance } from '../inventory/glance.ts';
import type { Overview } from '../inventory/overview.ts';
import type { Tags } from '../inventory/tags.ts';
import type { Policies } from '../policy/policies.ts';
import type { BoxPolicy } from '../policy/standing.ts';
import type { Software } from '../software/software.ts';
import type { Msps } from '../tenants/msps.ts';
import type { Scope } from '../tenants/scope.ts';
import type { Tenants } from '../tenants/tenants.ts';
import type { Views } from '../views/views.ts';
import type { Live } from './live.ts';

type AlertRoom = ReturnType<typeof openAlertRoom>;

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
  readonly tags: Tags;
  readonly overview: Overview;
  readonly glance: Glance;
  readonly enrolment: Pick<Enrolment, 'typed' | 'withdraw' | 'claimsAt' | 'waitingOf'>;
  readonly alerts: Pick<AlertRoom, 'list' | 'windows' | 'channels' | 'history'>;
  readonly compliance: Pick<
    Compliance,
    'agreements' | 'subprocessors' | 'terms' | 'incidents' | 'trust' | 'location' | 'exportTenant'
  >;
  /** The signed archive for auditors of one MSP. */
  readonly auditPack: (msp: string, actor: string) => Promise<Buffer>;
  /** What a process does by itself is not for pages. */
  readonly policies: Omit<Policies, 'engine'>;
  /** By which an MSP signs policies, as boxes are told when they are paired: SPKI, base64. Made when there is none. */
  readonly policyKeyOf: (msp: string) => Promise<string>;
  readonly audit: Pick<
    FleetLog,
    'about' | 'aboutBox' | 'isAbout' | 'lastCheckpoint' | 'checkpointAt' | 'prove' | 'origin'
  >;
  readonly commands: Pick<Commands, 'send' | 'of'>;
  readonly software: Pick<Software, 'standings'>;
  readonly views: Views;
  /** What is wanted of a box and what it says that it has. */
  readonly policyOf: (scope: Scope, box: string) => Promise<BoxPolicy>;
  /** Revokes what it has, and takes nothing more of it. */
  readonly revoke: (box: string, by: string) => Promise<void>;
  /** By which the fleet signs its own log: raw Ed25519, base64. */
  readonly logKey: string;
  readonly witness: Pick<BoxWitness, 'states' | 'troubled' | 'memory' | 'evidence' | 'acceptLoss'>;
  /** When the fleet's own certificates end, wall clock, ms. */
  readonly ends: () => { readonly root: number; readonly boxes: number };
  readonly live: Live;
}
