/** What the API needs of the fleet. `fleet/join-api.ts` fills it. */
import type { AuditProof } from '@belkluis/shared/audit/proof';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import type { openAccess } from '../access/access.ts';
import type { Person } from '../access/parts.ts';
import type { openAlertRoom } from '../alerts/room.ts';
import type { LoggedEvent } from '../audit/log.ts';
import type { Evidence } from '../audit/witness.ts';
import type { Commands } from '../commands/commands.ts';
import type { Compliance } from '../compliance/compliance.ts';
import type { AnyTables } from '../db/open.ts';
import type { Page, PageAsk } from '../db/page.ts';
import type { ShownClaim } from '../enrolment/enrolment.ts';
import type { Boxes } from '../inventory/boxes.ts';
import type { Overview } from '../inventory/overview.ts';
import type { Tags } from '../inventory/tags.ts';
import type { Policies } from '../policy/policies.ts';
import type { Tenants } from '../tenants/tenants.ts';

export interface ApiServices {
  readonly database: AnyTables;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** `https://fleet.example` */
  readonly origin: string;
  readonly access: Pick<ReturnType<typeof openAccess>, 'allowToken' | 'bearer' | 'tokens'>;
  readonly tenants: Tenants;
  readonly boxes: Boxes;
  readonly tags: Tags;
  readonly overview: Overview;
  /** Its certificate and its place. */
  readonly revoke: (box: string, by: string) => Promise<void>;
  readonly commands: Pick<Commands, 'order' | 'of' | 'one'>;
  readonly claims: {
    /** @throws Problem of enrolment. */
    type(site: string, code: string, by: Person): Promise<{ readonly claim: string }>;
    at(site: string): Promise<readonly ShownClaim[]>;
    withdraw(claim: string, site: string, by: string): Promise<void>;
  };
  readonly alerts: Pick<ReturnType<typeof openAlertRoom>, 'list' | 'windows' | 'channels'>;
  readonly policies: Pick<Policies, 'levels' | 'preview' | 'rollouts' | 'standing'>;
  readonly compliance: Pick<Compliance, 'agreements' | 'subprocessors' | 'locations'>;
  readonly audit: {
    readonly origin: string;
    about(msp: string, ask: PageAsk): Promise<Page<LoggedEvent>>;
    checkpointSizes(): Promise<readonly number[]>;
    checkpointAt(size: number): Promise<string>;
    consistency(first: number, second: number): Promise<readonly Buffer[]>;
    isAbout(msp: string, index: number): Promise<boolean>;
    prove(index: number, size: number): Promise<AuditProof>;
  };
  readonly witness: {
    memory(box: string): Promise<{ readonly size: number; readonly note: string; readonly heardAt: number } | null>;
    evidence(box: string): Promise<readonly Evidence[]>;
  };
}
