import { InitialSchema } from './2026-11-23-initial-schema.ts';
import { Console } from './2026-11-24-console.ts';
import { CustomerPortal } from './2026-11-24-customer-portal.ts';
import { AttachmentsInS3 } from './2026-11-25-attachments-in-s3.ts';
import { UncountedBulkActions } from './2026-11-26-uncounted-bulk-actions.ts';
import { DueInvitations } from './2026-11-27-due-invitations.ts';

/** Every migration, oldest first. A released one is never edited. */
export const migrationsList = [
  { name: '2026-11-23-initial-schema', class: InitialSchema },
  { name: '2026-11-24-console', class: Console },
  { name: '2026-11-24-customer-portal', class: CustomerPortal },
  { name: '2026-11-25-attachments-in-s3', class: AttachmentsInS3 },
  { name: '2026-11-26-uncounted-bulk-actions', class: UncountedBulkActions },
  { name: '2026-11-27-due-invitations', class: DueInvitations },
];
