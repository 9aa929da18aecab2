import type { CommandServices } from '../commands/services.ts';
import type { TestEmails } from '../temporal/test-emails.ts';
import type { Bodies } from './limit-request-bodies.ts';
import type { PortalUserChanges } from './portal-user-changes.ts';

/** What the API's routes and the pages act upon. The API process hands it in. */
export interface Services extends CommandServices {
  bodies: Bodies;
  testEmails: TestEmails;
  portalUserChanges: PortalUserChanges;
  /** Which proxies to believe about a caller's address and TLS, as Express takes it: hops, or addresses. */
  trustProxy: number | string[];
  /** May do everything; undefined: there is no such key. */
  adminApiKey: string | undefined;
  /** Calls of the JSON API that are answered in a minute for each key, and for each network without one. */
  apiRateLimit: number;
  /** Web address of a workflow in the Temporal UI; null where no UI is known. */
  workflowUrl(workflowId: string): string | null;
}
