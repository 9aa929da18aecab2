import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import type { LinkKeys } from '../db/link-keys.ts';
import type { Invitations } from './invitations.ts';

/** What calls act upon, handed in by the process. */
export interface Services {
  database: Database;
  invitations: Invitations;
  logger: Logger;
  linkKeys: LinkKeys;
  /** Origin of our own addresses, without a slash at its end. */
  publicUrl: string;
  /** May do everything; undefined: there is no such key. */
  adminApiKey: string | undefined;
  /** Web address of a workflow in the Temporal UI; null where no UI is known. */
  workflowUrl(workflowId: string): string | null;
}
