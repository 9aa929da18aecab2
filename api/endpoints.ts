import type { Endpoint } from './endpoint.ts';
import { apiKeys } from './routes/api-keys.ts';
import { bulk } from './routes/bulk.ts';
import { contacts } from './routes/contacts.ts';
import { invitations } from './routes/invitations.ts';
import { operators } from './routes/operators.ts';
import { portalUsers } from './routes/portal-users.ts';
import { portals } from './routes/portals.ts';
import { requests } from './routes/requests.ts';

/** Every operation of the JSON API, in the order of the documentation. */
export const endpoints: Endpoint[] = [
  ...portals,
  ...apiKeys,
  ...operators,
  ...portalUsers,
  ...invitations,
  ...bulk,
  ...contacts,
  ...requests,
];
