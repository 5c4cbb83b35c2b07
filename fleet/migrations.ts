/** The schema of the fleet: the steps of all rooms, those that are referred to before those that refer. */

import { oidcMigrations } from './access/oidc/tables.ts';
import { accessMigrations } from './access/tables.ts';
import { alertMigrations } from './alerts/tables.ts';
import { apiMigrations } from './api/tables.ts';
import { auditMigrations } from './audit/tables.ts';
import { commandMigrations } from './commands/tables.ts';
import { complianceMigrations } from './compliance/tables.ts';
import type { Migration } from './db/open.ts';
import { enrolmentMigrations } from './enrolment/tables.ts';
import { inventoryMigrations } from './inventory/tables.ts';
import { policyMigrations } from './policy/tables.ts';
import { softwareMigrations } from './software/tables.ts';
import { tenantMigrations } from './tenants/tables.ts';
import { viewMigrations } from './views/tables.ts';

export const migrations: readonly Migration[] = [
  ...tenantMigrations,
  ...inventoryMigrations,
  ...policyMigrations,
  ...enrolmentMigrations,
  ...accessMigrations,
  ...oidcMigrations,
  ...apiMigrations,
  ...auditMigrations,
  ...alertMigrations,
  ...complianceMigrations,
  ...commandMigrations,
  ...softwareMigrations,
  ...viewMigrations,
];
