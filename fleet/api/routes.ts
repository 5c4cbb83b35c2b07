/** Everything that the API can be asked. */
import type { Route } from './route.ts';
import { alertRoutes } from './routes/alerts.ts';
import { auditRoutes } from './routes/audit.ts';
import { boxRoutes } from './routes/boxes.ts';
import { channelRoutes } from './routes/channels.ts';
import { claimRoutes } from './routes/claims.ts';
import { commandRoutes } from './routes/commands.ts';
import { complianceRoutes } from './routes/compliance.ts';
import { policyRoutes } from './routes/policies.ts';
import { rolloutRoutes } from './routes/rollouts.ts';
import { tenantRoutes } from './routes/tenants.ts';
import { tokenRoutes } from './routes/tokens.ts';

export const routes: readonly Route[] = [
  ...tenantRoutes,
  ...boxRoutes,
  ...commandRoutes,
  ...claimRoutes,
  ...alertRoutes,
  ...channelRoutes,
  ...policyRoutes,
  ...rolloutRoutes,
  ...complianceRoutes,
  ...auditRoutes,
  ...tokenRoutes,
];
