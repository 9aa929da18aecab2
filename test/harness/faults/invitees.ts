import pLimit from 'p-limit';
import type { ConfirmationStatus, Delivery } from '../../../vocabulary/statuses.ts';
import type { ApiClient } from '../api-client.ts';
import { submitForm } from '../confirm.ts';
import type { SunkMail } from '../mail-sink.ts';
import type { FaultStage } from './fault-stage.ts';

export interface Invitee {
  id: string;
  email: string;
}

export interface InviteeRow {
  status: ConfirmationStatus;
  generation: number;
  delivery: Delivery;
  emailsSent: number;
}

/** What staff and invitees of a portal do, and what came of it. Each action returns the response's status. */
export interface Invitees {
  /** Adds users `<name>.<n>@example.com`. @param mails whether to wait until each is mailed */
  add(name: string, count: number, options?: { mails?: boolean }): Promise<Invitee[]>;
  /** Follows the newest link, or an earlier one, and types the address that was invited. */
  confirm(invitee: Invitee, link?: string): Promise<number>;
  deactivate(invitee: Invitee): Promise<number>;
  reactivate(invitee: Invitee): Promise<number>;
  reInvite(invitee: Invitee): Promise<number>;
  /** Those that arrived, the earliest first; copies count. */
  mails(invitee: Invitee): SunkMail[];
  row(invitee: Invitee): Promise<InviteeRow>;
}

const ADDED_AT_A_TIME = 3;
const MAIL_PATIENCE_MS = 180_000;

/** @param users calls the API for the users of the portal */
export function inviteesOf({ sink, sql }: FaultStage, users: ApiClient): Invitees {
  const mails = ({ email }: Invitee) => sink.mails.filter(({ recipients }) => recipients.includes(email));
  const act = async ({ id }: Invitee, action: string) => (await users.post(`/${id}/${action}`)).status;
  return {
    mails,
    async add(name, count, { mails: waits = true } = {}) {
      const numbers = Array.from({ length: count }, (_, n) => n);
      const added = await pLimit(ADDED_AT_A_TIME).map(numbers, async (n) => {
        const email = `${name}.${n}@example.com`;
        const { id } = (await users.post('', { email, name: `${name} ${n}` }).expecting(201)).body;
        return { id, email };
      });
      if (waits) for (const { email } of added) await sink.mailTo(email, 1, MAIL_PATIENCE_MS);
      return added;
    },
    async confirm(invitee, link = mails(invitee).at(-1)!.link) {
      return (await submitForm(link, { email: invitee.email })).status;
    },
    deactivate: (invitee) => act(invitee, 'deactivate'),
    reactivate: (invitee) => act(invitee, 'reactivate'),
    reInvite: (invitee) => act(invitee, 're-invite'),
    async row({ id }) {
      const [row] = await sql<InviteeRow>(
        `select confirmation_status as status, generation, delivery, emails_sent as "emailsSent"
         from portal_users where id = $1`,
        [id],
      );
      return row!;
    },
  };
}
