import pLimit from 'p-limit';
import type { ConfirmationStatus, Delivery } from '../../../vocabulary/statuses.ts';
import { invitationWorkflowId } from '../../../vocabulary/workflows.ts';
import type { SunkMail } from '../mail-sink.ts';
import type { FaultStage } from './fault-stage.ts';
import { tally } from './report.ts';

/** What the record, Temporal and the mail server hold of a portal, and where they contradict each other. */
export interface Audit {
  users: number;
  statuses: string;
  /** E-mails that reached the mail server, counted once each. */
  mails: number;
  /** Further copies of them. */
  copies: number;
  workflows: string;
  /** Longest history, in events. */
  longestHistory: number;
  /** One sentence each; none when everything agrees. */
  contradictions: string[];
}

export interface AuditOptions {
  /** Invitations that somebody terminated, cancelled or reset may be without a running workflow. */
  endedByHand?: boolean;
  /** Temporal lost its data: who merely waits has no workflow until something is due. */
  temporalLost?: boolean;
  /** Postgres is from a backup: a workflow may have ended with a decision, and e-mails have arrived, that it knows nothing of. */
  olderRecord?: boolean;
}

interface UserRow {
  id: string;
  email: string;
  status: ConfirmationStatus;
  generation: number;
  delivery: Delivery;
  emailsSent: number;
  /** The housekeeping has had the time to start its workflow. */
  isOverdue: boolean;
  isLinkExpired: boolean;
}

interface EmailRow {
  id: string;
  userId: string;
  generation: number;
  reminder: number;
  delivery: Delivery;
}

interface EventRow {
  userId: string;
  type: string;
  data: { to?: ConfirmationStatus };
}

/** Links that are opened at a time. */
const OPEN_LINKS = 8;

/** Which of some e-mails are recorded, of whatever portal and kind. */
const OTHER_EMAILS = ['invitation_emails', 'request_emails', 'account_emails']
  .map((table) => `select id from ${table} where id::text = any($1)`)
  .join(' union all ');

/** Compares all that is known of a portal's users. Nothing may be under way. Opens each mailed link, which changes nothing. */
export async function audit(stage: FaultStage, slug: string, options: AuditOptions = {}): Promise<Audit> {
  const users = await stage.sql<UserRow>(
    `select u.id, c.email, u.confirmation_status as status, u.generation, u.delivery, u.emails_sent as "emailsSent",
            coalesce(u.due_at < now() - interval '2 minutes', false) as "isOverdue",
            coalesce(u.link_expires_at <= now(), false) as "isLinkExpired"
     from portal_users u join contacts c on c.id = u.contact_id join portals p on p.id = u.portal_id where p.slug = $1`,
    [slug],
  );
  const ids = users.map(({ id }) => id);
  const emails = await stage.sql<EmailRow>(
    `select id, portal_user_id as "userId", generation, reminder, delivery
     from invitation_emails where portal_user_id = any($1) order by id`,
    [ids],
  );
  const events = await stage.sql<EventRow>(
    'select portal_user_id as "userId", type, data from events where portal_user_id = any($1) order by id',
    [ids],
  );
  const mails = Map.groupBy(stage.sink.mails, (mail) => messageKey(mail.messageId));
  const emailsOf = Map.groupBy(emails, ({ userId }) => userId);
  const eventsOf = Map.groupBy(events, ({ userId }) => userId);

  const contradictions: string[] = [];
  const workflows: string[] = [];
  const counts = { mails: 0, copies: 0, longestHistory: 0 };
  const limit = pLimit(OPEN_LINKS);
  await limit.map(users, async (user) => {
    const own = emailsOf.get(user.id) ?? [];
    const complain = (what: string) =>
      contradictions.push(`${user.email} (${user.status}, link ${user.generation}): ${what}`);

    const links = new Set<string>();
    for (const email of own) {
      const copies = mails.get(email.id) ?? [];
      counts.mails += Math.min(copies.length, 1);
      counts.copies += Math.max(copies.length - 1, 0);
      if (new Set(copies.map(({ raw }) => raw)).size > 1) complain(`copies of e-mail ${email.id} differ`);
      if (email.delivery === 'sent' && copies.length === 0)
        complain(`e-mail ${email.id} is recorded as sent, but never arrived`);
      for (const { link } of copies) links.add(link);
    }
    const sent = own.filter(({ delivery }) => delivery === 'sent').length;
    if (user.emailsSent !== sent)
      complain(`emails_sent is ${user.emailsSent}, but ${sent} e-mails are recorded as sent`);
    const newest = own.find(({ generation, reminder }) => generation === user.generation && reminder === 0);
    if (user.status === 'not_confirmed' && newest?.delivery !== 'sent')
      complain(`the newest link's e-mail is ${newest?.delivery ?? 'missing'}`);

    for (const problem of timelineProblems(user, eventsOf.get(user.id) ?? [])) complain(problem);

    const working = (await Promise.all([...links].map(opens))).filter(Boolean).length;
    const expected = user.status === 'not_confirmed' && !user.isLinkExpired ? 1 : 0;
    if (working !== expected) complain(`${working} links open the confirmation page`);

    const workflow = await describeWorkflow(stage, user.id);
    workflows.push(workflow.status);
    counts.longestHistory = Math.max(counts.longestHistory, workflow.historyLength);
    for (const problem of workflowProblems(user, workflow, options)) complain(problem);
  });

  const known = new Set(emails.map(({ id }) => id));
  const strangers = [...mails.keys()].filter((id) => !known.has(id));
  const others = await stage.sql<{ id: string }>(OTHER_EMAILS, [strangers]);
  if (!options.olderRecord)
    for (const id of strangers)
      if (!others.some((other) => other.id === id)) contradictions.push(`e-mail ${id} arrived, but is not recorded`);

  return {
    users: users.length,
    statuses: tally(users.map(({ status }) => status)),
    ...counts,
    workflows: tally(workflows),
    contradictions,
  };
}

/** The id of an e-mail's row, from its Message-ID. */
function messageKey(messageId: SunkMail['messageId']): string {
  return /^<(.+)@/.exec(messageId ?? '')?.[1] ?? '';
}

async function opens(link: string): Promise<boolean> {
  const { status } = await fetch(link, { headers: { accept: 'text/html' } });
  return status === 200;
}

/** The events, read from the first one on, must lead to the status of the row. */
function timelineProblems({ status }: UserRow, events: EventRow[]): string[] {
  const problems: string[] = [];
  let told: ConfirmationStatus = 'not_confirmed';
  if (events.filter(({ type }) => type === 'portal_user_added').length !== 1) problems.push('not added exactly once');
  for (const { type, data } of events) {
    if (type === 'portal_user_confirmed') {
      if (told !== 'not_confirmed') problems.push(`the event of a confirmation while ${told}`);
      told = 'confirmed';
    } else if (type === 'portal_user_deactivated') {
      if (told === 'deactivated') problems.push('two events of one deactivation');
      told = 'deactivated';
    } else if (type === 'portal_user_reactivated') told = data.to!;
  }
  if (told !== status) problems.push(`the events lead to ${told}`);
  return problems;
}

interface WorkflowState {
  status: string;
  historyLength: number;
  /** Of the workflow task that is due, if there is one. */
  workflowTaskAttempt: number;
  activityFailures: string[];
  result?: ConfirmationStatus;
}

async function describeWorkflow({ client }: FaultStage, userId: string): Promise<WorkflowState> {
  const handle = client.workflow.getHandle(invitationWorkflowId(userId));
  const { status, historyLength, raw } = await handle.describe().catch((error) => {
    if (error.name !== 'WorkflowNotFoundError') throw error;
    return { status: { name: 'NONE' }, historyLength: 0, raw: undefined };
  });
  return {
    status: status.name,
    historyLength,
    workflowTaskAttempt: raw?.pendingWorkflowTask?.attempt ?? 0,
    activityFailures: (raw?.pendingActivities ?? []).map(({ lastFailure }) => lastFailure?.message ?? 'none yet'),
    ...(status.name === 'COMPLETED' && { result: (await handle.result()) as ConfirmationStatus }),
  };
}

function workflowProblems(
  { status, isOverdue }: UserRow,
  workflow: WorkflowState,
  { endedByHand = false, temporalLost = false, olderRecord = false }: AuditOptions,
): string[] {
  const problems: string[] = [];
  const isWaiting = status === 'not_confirmed';
  if (workflow.workflowTaskAttempt > 1)
    problems.push(`its workflow task fails (attempt ${workflow.workflowTaskAttempt})`);
  if (isOverdue && isWaiting) problems.push('what is due is not done');
  switch (workflow.status) {
    case 'RUNNING':
      // Temporal lists activities of a workflow that has ended, too: a decision ends it while an e-mail is on its way.
      for (const failure of workflow.activityFailures)
        problems.push(`an activity is under way; its last failure: ${failure}`);
      if (!isWaiting) problems.push('its workflow still runs');
      break;
    case 'COMPLETED':
      if (isWaiting && olderRecord) break;
      // A call that was under way when somebody ended the workflow may start another run with a link that was replaced
      // meanwhile. That run changes nothing, and the row is as after a workflow that was ended by hand.
      if (isWaiting && endedByHand && workflow.result === 'not_confirmed') break;
      // Once the workflow has ended, access is taken away and given back without it.
      if (isWaiting || (status === 'confirmed' && workflow.result === 'not_confirmed'))
        problems.push(`its workflow ended with ${workflow.result}`);
      break;
    case 'TERMINATED':
    case 'CANCELLED':
      if (!endedByHand) problems.push(`its workflow is ${workflow.status}`);
      break;
    case 'NONE':
      if (!temporalLost) problems.push('it has no workflow');
      break;
    default:
      problems.push(`its workflow is ${workflow.status}`);
  }
  return problems;
}
