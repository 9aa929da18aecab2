import type { ConfirmationStatus } from '../../../vocabulary/statuses.ts';
import { EVENTS } from './events.ts';

/** What the API, the record, the mail server and Temporal are to show of one user of the portal when nothing is under way. */
export interface PersonState {
  /** 0: never added. Counts the rows that this person has had: one more after each erasure. */
  rows: number;
  isErased: boolean;
  email: string;
  name: string;
  status: ConfirmationStatus;
  hasConfirmed: boolean;
  generation: number;
  /** The first generation mailed to this address. Earlier links are unknown since. */
  addressedSince: number;
  linkExpired: boolean;
  hasReminder: boolean;
  emailsSent: number;
  /** New links that the invitee asked for. */
  askedFor: number;
  /** `running`, or how the last run ended. */
  workflow: 'running' | 'confirmed' | 'deactivated';
  timeline: string[];
  mails: ExpectedMail[];
}

export interface ExpectedMail {
  /** Of the person's rows, the one that this was mailed for. */
  row: number;
  generation: number;
  to: string;
  from: string;
}

export interface PortalState {
  isEnabled: boolean;
  senderName: string;
  hasReminders: boolean;
  timeline: string[];
  people: PersonState[];
}

export const NOBODY: PersonState = {
  rows: 0,
  isErased: true,
  email: '',
  name: '',
  status: 'not_confirmed',
  hasConfirmed: false,
  generation: 0,
  addressedSince: 1,
  linkExpired: false,
  hasReminder: false,
  emailsSent: 0,
  askedFor: 0,
  workflow: 'running',
  timeline: [],
  mails: [],
};

export function emptyPortal(people: number): PortalState {
  return {
    isEnabled: false,
    senderName: 'Acme',
    hasReminders: true,
    timeline: [...EVENTS.portalCreated()],
    people: Array.from({ length: people }, () => NOBODY),
  };
}

/** The address that the act of this number gives a person. @param portal its slug */
export function addressOf(portal: string, who: number, number: number): string {
  return `${portal}.${who}.${number}@example.com`;
}

/** The same mailbox, spelt in another way. A mail is addressed to the domain in small letters anyway. */
export function otherSpelling(email: string): string {
  const at = email.lastIndexOf('@');
  const [name, domain] = [email.slice(0, at), email.slice(at)];
  return (name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase()) + domain;
}

export function nameOf(number: number): string {
  return `Jane ${number}`;
}

export function otherThan(who: number): number {
  return 1 - who;
}

/** What opening a mailed link shows. */
export function openLink(person: PersonState, { row, generation }: ExpectedMail): string {
  if (person.isErased || row < person.rows || generation < person.addressedSince) return '404 not_found';
  if (person.status === 'confirmed') return '409 already_confirmed';
  if (person.status === 'deactivated') return '410 deactivated';
  if (generation < person.generation) return '410 link_superseded';
  return person.linkExpired ? '410 link_expired' : '200';
}
