import { randomUUID } from 'node:crypto';
import type { ApiAnswer, ApiClient } from '../api-client.ts';
import { expireLink } from '../invite.ts';
import type { SunkMail } from '../mail-sink.ts';
import type { Stage } from '../stage.ts';
import type { Act } from './sequences.ts';
import { addressOf, nameOf, otherSpelling, otherThan, type PortalState } from './state.ts';

/** A portal with the people in it, as the tests know them. */
export interface Life {
  stage: Stage;
  slug: string;
  api: ApiClient;
  /** The id of each person's newest row; undefined: never added. */
  ids: (string | undefined)[];
}

/** Nothing was called: there is no link to use, or nobody else's address to take. */
const NONE = 'none';
const DONE = 'done';

/** Does it. @returns what the caller was told, in the words of `Step.response` */
export async function perform(
  life: Life,
  { people, hasReminders }: PortalState,
  { name, who, number }: Act,
): Promise<string> {
  const { stage, slug, api, ids } = life;
  const person = people[who]!;
  const id = ids[who] ?? randomUUID();
  const rows = { ids: ids.map((one) => one ?? randomUUID()) };
  switch (name) {
    case 'add': {
      const email = person.isErased ? addressOf(slug, who, number) : person.email;
      const answer = await api.post('/users', { email, name: nameOf(0) });
      if (answer.status === 201) ids[who] = answer.body.id;
      return responseOf(answer);
    }
    case 're-invite':
    case 'deactivate':
    case 'reactivate':
      return responseOf(await api.post(`/users/${id}/${name}`));
    case 'confirm by the newest link':
      return useLink(mailsTo(life, who).at(-1));
    case 'confirm by the first link':
      return useLink(mailsTo(life, who)[0]);
    case 'ask for a new link':
      return useLink(mailsTo(life, who).at(-1), '/new-link');
    case 'correct the address':
      return responseOf(await api.patch(`/users/${id}`, { email: addressOf(slug, who, number) }));
    case 'correct the spelling':
      return responseOf(
        await api.patch(`/users/${id}`, { email: otherSpelling(person.email || addressOf(slug, who, 0)) }),
      );
    case 'correct the name':
      return responseOf(await api.patch(`/users/${id}`, { name: nameOf(number) }));
    case 'take the address of another': {
      const other = people[otherThan(who)]!;
      if (other.isErased && !person.isErased && person.status === 'not_confirmed') return NONE;
      return responseOf(await api.patch(`/users/${id}`, { email: other.email || addressOf(slug, who, 0) }));
    }
    case 'bulk re-invite':
      return responsesOf(await api.post('/users/re-invite', rows));
    case 'bulk deactivate':
      return responsesOf(await api.post('/users/deactivate', rows));
    case 'change the portal': {
      const settings = { senderName: `Acme ${number}`, remindersAfterSeconds: hasReminders ? [] : [3 * 86_400] };
      return responseOf(await stage.admin.patch(`/v1/portals/${slug}`, settings));
    }
    case 'let the link expire':
      if (person.isErased) return responseOf(await api.get(`/users/${id}`));
      await expireLink(stage, id);
      return DONE;
    case 'erase': {
      const { status, body } = await api.get(`/users/${id}`);
      if (status !== 200) return `${status} ${body.code}`;
      await stage.db.database.em.fork().execute('delete from contacts where id = ?', [body.contactId]);
      return DONE;
    }
  }
}

/** All that reached the mail server for a person, in the order of arrival. */
export function mailsTo({ stage, slug }: Life, who: number): SunkMail[] {
  return stage.sink.mails.filter(({ recipients }) => recipients[0]!.toLowerCase().startsWith(`${slug}.${who}.`));
}

/** What opening a mailed link shows. */
export async function open(link: string): Promise<string> {
  const response = await fetch(link, { headers: { accept: 'application/json' } });
  return responseOf({ status: response.status, body: await response.json() });
}

/** Types the address that was mailed to, as the page of a link asks. */
async function useLink(mail: SunkMail | undefined, page = ''): Promise<string> {
  if (mail === undefined) return NONE;
  const headers = { 'sec-fetch-site': 'same-origin', accept: 'application/json' };
  const body = new URLSearchParams({ email: mail.recipients[0]! });
  const response = await fetch(`${mail.link}${page}`, { method: 'POST', headers, body, redirect: 'manual' });
  return responseOf({ status: response.status, body: await response.json() });
}

function responseOf({ status, body }: Pick<ApiAnswer, 'status' | 'body'>): string {
  return body.code === undefined ? String(status) : `${status} ${body.code}`;
}

function responsesOf(answer: ApiAnswer): string {
  if (answer.status !== 200) return responseOf(answer);
  const rows: { status: number; problem?: { code: string } }[] = answer.body.data;
  return rows.map(({ status, problem }) => responseOf({ status, body: problem ?? {} })).join(', ');
}
