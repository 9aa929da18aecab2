import { type ApiAnswer, type ApiClient, apiClient } from '../api-client.ts';
import { submitForm } from '../confirm.ts';
import type { FaultStage } from './fault-stage.ts';

export const READS = ['list', 'sign-in page', '/readyz'] as const;
export const CHANGES = ['add', 'confirm', 're-invite', 'deactivate', 'correct address'] as const;
/** What clients ask for during an outage. */
export type CallName = (typeof READS)[number] | (typeof CHANGES)[number];

type Response = { status: number; headers: Headers };

/** A call, and the statuses that say that it was, or is going to be, carried out. */
export interface Call {
  name: CallName;
  accepted: number[];
  make(): Promise<Response>;
}

/** A call that changes one portal user, and what the record must say once it was accepted. */
export interface Change extends Call {
  /** Address of the user once everything is carried out. */
  email: string;
  /** Whether the record says so. */
  isKept(user: RecordedUser): boolean;
}

interface Addition extends Change {
  make(): Promise<ApiAnswer>;
}

export interface RecordedUser {
  email: string;
  status: string;
  generation: number;
  /** Where the newest link was mailed to; null where it was not. */
  mailedTo: string | null;
}

/** A user who was invited and mailed before the outage. */
export interface InvitedUser {
  id: string;
  email: string;
  link: string;
}

export function readsOf({ url, admin }: FaultStage, slug: string): Call[] {
  const accepted = [200];
  return [
    { name: 'list', accepted, make: () => admin.get(`/v1/portals/${slug}/users`) },
    { name: 'sign-in page', accepted, make: () => apiClient(url, undefined).get(`/p/${slug}/sign-in`) },
    { name: '/readyz', accepted, make: () => apiClient(url, undefined).get('/readyz') },
  ];
}

export function adding(users: ApiClient, email: string): Addition {
  const key = { 'idempotency-key': `"add-${email}"` };
  const make = () => users.post('', { email, name: 'Added' }, key);
  const isKept = (user: RecordedUser) => user.mailedTo === email;
  return { name: 'add', email, accepted: [201], make, isKept };
}

export function confirming({ email, link }: InvitedUser): Change {
  const make = () => submitForm(link, { email });
  return { name: 'confirm', email, accepted: [303, 202], make, isKept: ({ status }) => status === 'confirmed' };
}

export function reInviting(users: ApiClient, { id, email }: InvitedUser): Change {
  const make = () => users.post(`/${id}/re-invite`);
  return { name: 're-invite', email, accepted: [202], make, isKept: ({ generation }) => generation > 1 };
}

export function deactivating(users: ApiClient, { id, email }: InvitedUser): Change {
  const make = () => users.post(`/${id}/deactivate`);
  return { name: 'deactivate', email, accepted: [200, 202], make, isKept: ({ status }) => status === 'deactivated' };
}

export function correcting(users: ApiClient, { id, email }: InvitedUser): Change {
  const corrected = `corrected.${email}`;
  const make = () => users.patch(`/${id}`, { email: corrected });
  const isKept = (user: RecordedUser) => user.mailedTo === corrected;
  return { name: 'correct address', email: corrected, accepted: [200], make, isKept };
}

/** What the record says of a portal's users, by address. */
export async function readRecord({ sql }: FaultStage, slug: string): Promise<Map<string, RecordedUser>> {
  const rows = await sql<RecordedUser>(
    `select c.email, u.confirmation_status as status, u.generation, e.to_address as "mailedTo"
     from portal_users u join contacts c on c.id = u.contact_id join portals p on p.id = u.portal_id
     left join invitation_emails e
       on e.portal_user_id = u.id and e.generation = u.generation and e.reminder = 0 and e.delivery = 'sent'
     where p.slug = $1`,
    [slug],
  );
  return new Map(rows.map((row) => [row.email, row]));
}
