import { added, confirmed, deactivated, invitedAnew, reactivated, readdressed, told } from './changes.ts';
import { EVENTS } from './events.ts';
import type { Act } from './sequences.ts';
import {
  addressOf,
  type ExpectedMail,
  nameOf,
  openLink,
  otherSpelling,
  otherThan,
  type PersonState,
  type PortalState,
} from './state.ts';

export interface Step {
  /** The status of the response, with the code of its problem; of a bulk action one for each row. */
  response: string;
  next: PortalState;
}

/** New links within 24 hours that an invitee may ask for. */
const INVITEE_DAILY_CAP = 5;

/** What an act does, and what its caller is told. @param portal its slug */
export function take(portal: string, state: PortalState, act: Act): Step {
  const person = state.people[act.who]!;
  const email = addressOf(portal, act.who, act.number);
  const change = (response: string, next: PersonState) => ({ response, next: withPerson(state, act.who, next) });
  const refused = (response: string) => ({ response, next: state });

  switch (act.name) {
    case 'change the portal': {
      const senderName = `Acme ${act.number}`;
      const hasReminders = !state.hasReminders;
      const timeline = [...state.timeline, ...EVENTS.portalChanged()];
      return { response: '200', next: { ...state, senderName, hasReminders, timeline } };
    }
    case 'add': {
      if (!person.isErased) return refused('409 portal_user_exists');
      const { response, next } = change('201', added(state, person, email));
      return { response, next: { ...next, isEnabled: true } };
    }
    case 'bulk re-invite':
      return inBulk(state, (one) => reInvited(state, one));
    case 'bulk deactivate':
      return inBulk(state, (one) => ['200', deactivated(one)]);
  }

  if (act.name === 'confirm by the newest link') return change(...confirmBy(person, person.mails.at(-1)));
  if (act.name === 'confirm by the first link') return change(...confirmBy(person, person.mails[0]));
  if (act.name === 'ask for a new link') return change(...askedForLink(state, person));
  if (person.isErased) return refused('404 not_found');

  switch (act.name) {
    case 're-invite':
      return change(...reInvited(state, person));
    case 'deactivate':
      return change('200', deactivated(person));
    case 'reactivate':
      return person.status === 'deactivated'
        ? change('202', reactivated(state, person))
        : refused('409 not_deactivated');
    case 'correct the address':
      return refusedAsDecided(person)
        ? refused(refusedAsDecided(person)!)
        : change('200', readdressed(state, person, email));
    case 'correct the spelling': {
      if (refusedAsDecided(person)) return refused(refusedAsDecided(person)!);
      return change('200', told({ ...person, email: otherSpelling(person.email) }, EVENTS.changed()));
    }
    case 'correct the name':
      return change('200', told({ ...person, name: nameOf(act.number) }, EVENTS.changed()));
    case 'take the address of another': {
      if (refusedAsDecided(person)) return refused(refusedAsDecided(person)!);
      const other = state.people[otherThan(act.who)]!;
      return other.isErased ? refused('none') : refused('409 portal_user_exists');
    }
    case 'let the link expire':
      return change('done', { ...person, linkExpired: true });
    case 'erase':
      return change('done', { ...person, isErased: true, timeline: [] });
  }
}

type PersonStep = [response: string, next: PersonState];

function confirmBy(person: PersonState, mail: ExpectedMail | undefined): PersonStep {
  if (mail === undefined) return ['none', person];
  const seen = openLink(person, mail);
  if (seen === '409 already_confirmed' && mail.generation === person.generation) return ['303', person]; // sent again within a minute
  if (seen !== '200') return [seen, person];
  return ['303', confirmed(person)];
}

function askedForLink(portal: PortalState, person: PersonState): PersonStep {
  const mail = person.mails.at(-1);
  if (mail === undefined) return ['none', person];
  const seen = openLink(person, mail);
  if (seen === '200') return ['409 link_not_expired', person];
  if (seen !== '410 link_expired') return [seen, person];
  if (person.askedFor === INVITEE_DAILY_CAP) return ['429 re_invite_cap_reached', person];
  const next = { ...person, askedFor: person.askedFor + 1 };
  return ['202', invitedAnew(portal, next, EVENTS.reInvited(person.generation + 1, 'portal_user'))];
}

function reInvited(portal: PortalState, person: PersonState): PersonStep {
  const refusal = refusedAsDecided(person);
  if (refusal !== undefined) return [refusal, person];
  return ['202', invitedAnew(portal, person, EVENTS.reInvited(person.generation + 1, 'api_key'))];
}

function refusedAsDecided({ status }: PersonState): string | undefined {
  if (status === 'confirmed') return '409 already_confirmed';
  return status === 'deactivated' ? '409 deactivated' : undefined;
}

function inBulk(state: PortalState, act: (person: PersonState) => PersonStep): Step {
  const steps = state.people.map((person): PersonStep => (person.isErased ? ['404 not_found', person] : act(person)));
  return {
    response: steps.map(([response]) => response).join(', '),
    next: { ...state, people: steps.map(([, next]) => next) },
  };
}

function withPerson(state: PortalState, who: number, person: PersonState): PortalState {
  return { ...state, people: state.people.map((one, index) => (index === who ? person : one)) };
}
