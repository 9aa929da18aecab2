import type { CommandServices } from '../commands/services.ts';
import type { AttachmentStore } from '../db/attachments/attachment-store.ts';
import type { Mailer } from './mail-server/mailer.ts';

/** What activities act upon. The worker process hands it in. */
export interface Dependencies extends Omit<CommandServices, 'attachments' | 'firstOperator' | 'uploadQuota'> {
  mailer: Mailer;
  attachments: Pick<AttachmentStore, 'erase'>;
  /** The address every e-mail comes from; its sender name is the portal's. */
  mailFrom: string;
}
