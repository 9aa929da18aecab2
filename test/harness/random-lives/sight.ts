import { isDeepStrictEqual } from 'node:util';
import { WorkflowFailedError } from '@temporalio/client';
import { Event } from '../../../db/entities/index.ts';
import { invitationWorkflowId } from '../../../vocabulary/workflows.ts';
import { eventLine } from './events.ts';
import { type Life, mailsTo } from './perform.ts';
import type { PersonState, PortalState } from './state.ts';

/** What is compared with the model after every act. */
export interface Sight {
  portal: { isEnabled: boolean; timeline: string[] };
  people: PersonSight[];
}

interface PersonSight {
  /** As the API shows it. */
  row: unknown;
  timeline: string[];
  mails: string[];
  workflow: string;
}

const NO_ROW = 'none';

export function expectedSight({ isEnabled, timeline, people }: PortalState): Sight {
  return { portal: { isEnabled, timeline }, people: people.map(expectedPerson) };
}

function expectedPerson(person: PersonState): PersonSight {
  const { timeline, mails, workflow, ...row } = person;
  return {
    row: person.isErased ? NO_ROW : rowOf(row),
    timeline,
    mails: mails.map(({ to, from }) => `${to} from ${from}`),
    workflow: person.rows === 0 ? NO_ROW : workflow,
  };
}

function rowOf({
  email,
  name,
  status,
  hasConfirmed,
  generation,
  linkExpired,
  hasReminder,
  emailsSent,
}: Omit<PersonState, 'timeline' | 'mails' | 'workflow'>) {
  const isDeactivated = status === 'deactivated';
  return {
    email,
    name,
    status,
    hasConfirmed,
    isDeactivated,
    generation,
    linkExpired: linkExpired && status === 'not_confirmed',
    hasReminder,
    emailsSent,
    delivery: 'sent',
  };
}

/** What is there now. A workflow that has something to do is `busy`. */
export async function look(life: Life): Promise<Sight> {
  const { stage, slug, ids } = life;
  const [portal, events] = await Promise.all([
    stage.admin.get(`/v1/portals/${slug}`).expecting(200),
    stage.db.database.em.fork().find(Event, { portal: { slug } }, { orderBy: { id: 'asc' } }),
  ]);
  const timelineOf = (id: string | undefined) => events.filter(({ portalUser }) => portalUser?.id === id).map(lineOf);
  const people = ids.map(async (id, who): Promise<PersonSight> => {
    const mails = mailsTo(life, who).map(({ recipients, from }) => `${recipients[0]} from ${from!.value[0]!.name}`);
    if (id === undefined) return { row: NO_ROW, timeline: [], mails, workflow: NO_ROW };
    return { row: await rowSeen(life, id), timeline: timelineOf(id), mails, workflow: await workflowSeen(life, id) };
  });
  return {
    portal: { isEnabled: portal.body.enabled, timeline: timelineOf(undefined) },
    people: await Promise.all(people),
  };
}

/** In words, and only of what differs. */
export function differences(seen: Sight, expected: Sight): string[] {
  const parts = ({ portal, people }: Sight): [string, unknown][] => [
    ...Object.entries(portal),
    ...people.flatMap((person, who) =>
      Object.entries(person).map(([part, value]): [string, unknown] => [`${part} of ${who}`, value]),
    ),
  ];
  const wanted = parts(expected);
  return parts(seen).flatMap(([part, value], index) => {
    const [, other] = wanted[index]!;
    return isDeepStrictEqual(value, other)
      ? []
      : [`${part} is ${JSON.stringify(value)}, expected ${JSON.stringify(other)}`];
  });
}

async function rowSeen({ api }: Life, id: string): Promise<unknown> {
  const { status, body } = await api.get(`/users/${id}`);
  if (status === 404) return NO_ROW;
  const { email, name, confirmationStatus, confirmedAt, deactivatedAt, invitation } = body;
  const { generation, linkExpired, nextReminderAt, emailsSent, delivery } = invitation;
  return {
    ...{ email, name, status: confirmationStatus, hasConfirmed: confirmedAt !== null },
    ...{ isDeactivated: deactivatedAt !== null, generation, linkExpired, hasReminder: nextReminderAt !== null },
    ...{ emailsSent, delivery },
  };
}

async function workflowSeen({ stage }: Life, id: string): Promise<string> {
  const handle = stage.worker.client.workflow.getHandle(invitationWorkflowId(id));
  const { status, raw } = await handle.describe();
  if (raw.pendingWorkflowTask || raw.pendingActivities?.length) return 'busy';
  if (status.name === 'RUNNING') return 'running';
  return handle.result().catch((error) => {
    if (error instanceof WorkflowFailedError) return status.name;
    throw error;
  });
}

function lineOf({ type, actor, data }: Event): string {
  const { generation, before, to } = (data ?? {}) as Record<string, unknown>;
  const about = [generation, before, to].find((value) => ['string', 'number'].includes(typeof value)) ?? '';
  return eventLine(type, about as string | number, actor.split('/')[0] as Parameters<typeof eventLine>[2]);
}
