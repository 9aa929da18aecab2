import { EVENTS } from './events.ts';
import { NOBODY, nameOf, type PersonState, type PortalState } from './state.ts';

/* What becomes of a person by each change, with its events. */

export function added(portal: PortalState, { rows, mails }: PersonState, email: string): PersonState {
  const fresh = { ...NOBODY, rows: rows + 1, isErased: false, email, name: nameOf(0), mails };
  return invitedAnew(portal, fresh, EVENTS.added({ enables: !portal.isEnabled }));
}

export function deactivated(person: PersonState): PersonState {
  if (person.status === 'deactivated') return person;
  const workflow = person.status === 'not_confirmed' ? 'deactivated' : person.workflow;
  const next = { ...person, status: 'deactivated', hasReminder: false, workflow } as const;
  return told(next, EVENTS.deactivated(person.status));
}

export function reactivated(portal: PortalState, person: PersonState): PersonState {
  if (person.hasConfirmed) return told({ ...person, status: 'confirmed' }, EVENTS.reactivated('confirmed'));
  const next = { ...person, status: 'not_confirmed' } as const;
  return invitedAnew(portal, next, EVENTS.reactivated('not_confirmed', person.generation + 1));
}

export function readdressed(portal: PortalState, person: PersonState, email: string): PersonState {
  const generation = person.generation + 1;
  return invitedAnew(portal, { ...person, email, addressedSince: generation }, EVENTS.readdressed(generation));
}

/** With a new link, mailed by a workflow that runs. @param events those before the one that the e-mail was sent */
export function invitedAnew(portal: PortalState, person: PersonState, events: string[]): PersonState {
  const { rows: row, email: to, mails, emailsSent } = person;
  const generation = person.generation + 1;
  const next: PersonState = {
    ...person,
    generation,
    linkExpired: false,
    hasReminder: portal.hasReminders,
    emailsSent: emailsSent + 1,
    workflow: 'running',
    mails: [...mails, { row, generation, to, from: portal.senderName }],
  };
  return told(next, [...events, ...EVENTS.sent(generation)]);
}

export function told(person: PersonState, events: string[]): PersonState {
  return { ...person, timeline: [...person.timeline, ...events] };
}

export function confirmed(person: PersonState): PersonState {
  const next = {
    ...person,
    status: 'confirmed',
    hasConfirmed: true,
    hasReminder: false,
    workflow: 'confirmed',
  } as const;
  return told(next, EVENTS.confirmed(person.generation));
}
