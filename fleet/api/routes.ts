/** Everything that the API can be asked. */
import type { Route } from './route.ts';
import { alertRoutes } from './routes/alerts.ts';
import { auditRoutes } from './routes/audit.ts';
import { boxRoutes } from './routes/boxes.ts';
import { claimRoutes } from './routes/claims.ts';
import { tenantRoutes } from './routes/tenants.ts';
import { tokenRoutes } from './routes/tokens.ts';

export const routes: readonly Route[] = [
  ...tenantRoutes,
  ...boxRoutes,
  ...claimRoutes,
  ...alertRoutes,
  ...auditRoutes,
  ...tokenRoutes,
];
