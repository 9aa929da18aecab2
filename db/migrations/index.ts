import { InitialSchema } from './2026-11-23-initial-schema.ts';
import { Console } from './2026-11-24-console.ts';
import { CustomerPortal } from './2026-11-24-customer-portal.ts';
import { AttachmentsInS3 } from './2026-11-25-attachments-in-s3.ts';
import { UncountedBulkActions } from './2026-11-26-uncounted-bulk-actions.ts';
import { AddressKeys } from './2026-11-27-address-keys.ts';
import { CountsOfAnAccount } from './2026-11-27-counts-of-an-account.ts';
import { DueInvitations } from './2026-11-27-due-invitations.ts';
import { ErasedPortalUsers } from './2026-11-27-erased-portal-users.ts';
import { OperatorsChooseTheirPasswords } from './2026-11-27-operators-choose-their-passwords.ts';
import { PortalActivity } from './2026-11-27-portal-activity.ts';
import { RenderedEmails } from './2026-11-27-rendered-emails.ts';
import { SealedAnswers } from './2026-11-27-sealed-answers.ts';
import { Sessions } from './2026-11-27-sessions.ts';
import { StoppedBulkActions } from './2026-11-27-stopped-bulk-actions.ts';
import { TimesByPostgres } from './2026-11-27-times-by-postgres.ts';
import { UnsentEmails } from './2026-11-27-unsent-emails.ts';

/** Every migration, oldest first. A released one is never edited. */
export const migrationsList = [
  { name: '2026-11-23-initial-schema', class: InitialSchema },
  { name: '2026-11-24-console', class: Console },
  { name: '2026-11-24-customer-portal', class: CustomerPortal },
  { name: '2026-11-25-attachments-in-s3', class: AttachmentsInS3 },
  { name: '2026-11-26-uncounted-bulk-actions', class: UncountedBulkActions },
  { name: '2026-11-27-sessions', class: Sessions },
  { name: '2026-11-27-counts-of-an-account', class: CountsOfAnAccount },
  { name: '2026-11-27-sealed-answers', class: SealedAnswers },
  { name: '2026-11-27-operators-choose-their-passwords', class: OperatorsChooseTheirPasswords },
  { name: '2026-11-27-unsent-emails', class: UnsentEmails },
  { name: '2026-11-27-due-invitations', class: DueInvitations },
  { name: '2026-11-27-times-by-postgres', class: TimesByPostgres },
  { name: '2026-11-27-erased-portal-users', class: ErasedPortalUsers },
  { name: '2026-11-27-stopped-bulk-actions', class: StoppedBulkActions },
  { name: '2026-11-27-address-keys', class: AddressKeys },
  { name: '2026-11-27-rendered-emails', class: RenderedEmails },
  { name: '2026-11-27-portal-activity', class: PortalActivity },
];
