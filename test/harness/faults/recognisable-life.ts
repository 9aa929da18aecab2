import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { invitationWorkflowId } from '../../../vocabulary/workflows.ts';
import { type ApiClient, apiClient } from '../api-client.ts';
import { submitPassword } from '../confirm.ts';
import { type ConsoleClient, consoleClient } from '../console-client.ts';
import { eventually } from '../eventually.ts';
import { sendForm } from '../open-portal.ts';
import type { FaultStage } from './fault-stage.ts';
import { callInVain, failToMail } from './recognisable-failures.ts';
import type { Needle } from './scan-for-personal-data.ts';

const PEOPLE = 16;
const PEOPLE_AT_A_TIME = 3;

export interface Person {
  id: string;
  name: string;
  email: string;
}

/**
 * Lives invitations at a new portal whose texts are found again: people who confirm, sign in, forget passwords and ask for
 * help, operators, e-mails that are refused and put off, signals by hand, and calls that fail in each way that there is.
 *
 * @returns all of these texts
 */
export async function liveRecognisably(stage: FaultStage, slug: string, owner: Operator): Promise<Needle[]> {
  const needles: Needle[] = [];
  const note = (kind: Needle['kind'], text: string): string => {
    needles.push({ kind, text });
    return text;
  };
  await stage.openPortal(slug, { hasOwnSite: false });
  const { body } = await stage.admin.post(`/v1/portals/${slug}/api-keys`, { name: 'help desk' }).expecting(201);
  const portal = apiClient(stage.url, note('API key', body.key), `/v1/portals/${slug}`);
  await apiClient(stage.url, note('API key', `${body.key.slice(0, -4)}0000`))
    .get(`/v1/portals/${slug}`)
    .expecting(401);

  const add = async (n: number): Promise<Person> => {
    const name = `Quendolin ${note('name', wordOf(slug, n))}`;
    const person = { name, email: note('address', addressOf(slug, n)) };
    const personal = note('note', `Dear Quendolin, room ${slug}-${n} is yours`);
    const { id } = (await portal.post('/users', { ...person, note: personal }).expecting(201)).body;
    return { id: note('id', id), ...person };
  };
  const life = { stage, slug, portal, note, add };
  const numbers = Array.from({ length: PEOPLE }, (_, n) => n);
  await pLimit(PEOPLE_AT_A_TIME).map(numbers, async (n) => liveOne(life, await add(n), n));
  await failToMail(life);
  await workAsOperator(life, owner);
  await callInVain(life);
  return [...needles, ...mailedTokens(stage)];
}

function wordOf(slug: string, n: number): string {
  return `Brathwaite-${slug}-${String(n).padStart(2, '0')}`;
}

export function addressOf(slug: string, n: number): string {
  return `${wordOf(slug, n)}@quendolin.example`;
}

export interface Operator {
  email: string;
  password: string;
}

export interface Life {
  stage: FaultStage;
  slug: string;
  /** Calls the API for the portal. */
  portal: ApiClient;
  /** Keeps a text to be looked for. */
  note(kind: Needle['kind'], text: string): string;
  add(n: number): Promise<Person>;
}

async function liveOne(life: Life, person: Person, n: number): Promise<void> {
  const { stage, portal, note } = life;
  const { link } = await stage.sink.mailTo(person.email);
  const workflow = stage.client.workflow.getHandle(invitationWorkflowId(person.id));
  switch (n % 4) {
    case 0: {
      const password = note('password', `eleven moss kettles ${life.slug} sing at ${n} o'clock`);
      await submitPassword(link, note('password', `qwerty-${life.slug}-${n}`));
      await submitPassword(link, password);
      await submitPassword(link, note('password', `a late teapot ${life.slug} whistles ${n} times`));
      return visitPortal(life, person, password, n);
    }
    case 1:
      await workflow.signal('reInvite');
      await stage.sink.mailTo(person.email, 2);
      await workflow.signal('confirm', { generation: 1, actor: 'temporal' });
      await workflow.signal(n % 8 === 1 ? 'deactivate' : 'confirm');
      return;
    case 2: {
      const moved = note('address', `moved-${person.email}`);
      await portal.patch(`/users/${person.id}`, { email: moved, name: person.name }).expecting(200);
      await stage.sink.mailTo(moved);
      await portal.post(`/users/${person.id}/deactivate`).expecting(200);
      await portal.post(`/users/${person.id}/reactivate`).expecting(202);
      return;
    }
    default:
      await workflow.terminate('by hand');
      await portal.post(`/users/${person.id}/re-invite`).expecting(202);
      await stage.sink.mailTo(person.email, 2);
  }
}

/** Signs in, asks for help with a file, is answered, and forgets the password. */
async function visitPortal(life: Life, { email }: Person, password: string, n: number): Promise<void> {
  const { stage, slug, portal, note } = life;
  const browser = consoleClient(stage.url);
  const path = `/p/${slug}`;
  await browser.post(`${path}/sign-in`, { email, password: note('password', `wrong guess ${slug} number ${n}`) });
  await browser.post(`${path}/sign-in`, { email, password });
  noteSession(life, browser);
  const subject = note('request', `My lighthouse ${slug}-${n} blinks twice`);
  const description = note('request', `The lamp of ${slug}-${n} was dropped by the keeper`);
  const content = note('request', `statement ${slug}-${n} of the keeper`);
  const file = { name: note('file name', `keeper-diagnosis-${slug}-${n}.txt`), content };
  const sent = await sendForm(stage, browser, `${path}/requests/new`, { subject, description }, [file]);
  const requestId = sent.location!.split('/').at(-1)!;
  const text = note('request', `We send a new lamp to ${slug}-${n}`);
  await portal.post(`/requests/${requestId}/replies`, { text, status: 'closed' }).expecting(201);
  await stage.sink.mailTo(email, 2);
  await browser.post(`${path}/forgotten-password`, { email });
  const reset = await linkIn(stage, email, /\/reset\/[\w-]+/);
  const newPassword = note('password', `nine amber ferries ${slug} wait for ${n}`);
  await browser.post(reset, { password: newPassword, passwordAgain: newPassword });
}

/** The owner invites an operator by hand, who accepts, signs in, and forgets the password. */
async function workAsOperator(life: Life, owner: Operator): Promise<void> {
  const { stage, slug, portal, note } = life;
  const ownersBrowser = consoleClient(stage.url);
  await ownersBrowser.signIn(owner.email, note('password', `${owner.password}, mistyped for ${slug}`));
  await ownersBrowser.signIn(owner.email, owner.password);
  noteSession(life, ownersBrowser);
  for (const page of ['users', 'contacts', 'requests', 'settings/operators'])
    await ownersBrowser.get(`/console/${slug}/${page}`);

  const added = {
    email: note('address', `Auchinleck-${slug}@quendolin.example`),
    name: note('name', `Auchinleck ${slug}`),
  };
  await ownersBrowser.post(`/console/${slug}/users/new`, { ...added, note: note('note', `Auchinleck, ${slug} waits`) });
  await stage.sink.mailTo(added.email);
  await ownersBrowser.post(`/console/${slug}/settings/test-email`, { kind: 'invitation', language: 'en', page: '' });
  await ownersBrowser.post(`/console/${slug}/bulk-actions`, { id: randomUUID(), action: 're_invite', everyone: '1' });
  await stage.sink.mailTo(added.email, 2);

  const email = note('address', `Featherstonehaugh-${slug}@operators.example`);
  await stage.admin
    .post(`/v1/portals/${slug}/operators`, { email, name: note('name', `Featherstonehaugh of ${slug}`) })
    .expecting(201);
  const browser = consoleClient(stage.url);
  const password = note('password', `thirty brass owls ${slug} rewind clocks`);
  const invitation = await linkIn(stage, email, /\/console\/sign-in\/invitation\/[\w-]+/);
  await browser.post(invitation, { password, passwordAgain: password });
  await browser.signIn(email, password);
  noteSession(life, browser);
  const { body } = await portal.get('/users?limit=5').expecting(200);
  for (const { id } of body.data) await browser.get(`/console/${slug}/users/${id}`);
  await browser.post('/console/forgotten-password', { email });
  const reset = await linkIn(stage, email, /\/console\/sign-in\/new-password\/[\w-]+/);
  const newPassword = note('password', `sixty velvet maps ${slug} fold themselves`);
  await browser.post(reset, { password: newPassword, passwordAgain: newPassword });
}

/** @returns the path of the newest link of this kind that was mailed to the address */
async function linkIn({ sink }: FaultStage, address: string, kind: RegExp): Promise<string> {
  return eventually(() => {
    const mails = sink.mails.filter(({ recipients }) => recipients[0]!.toLowerCase() === address.toLowerCase());
    return kind.exec(mails.at(-1)?.text ?? '')?.[0];
  }, `a link in an e-mail to ${address}`);
}

function noteSession({ note }: Life, { cookies }: ConsoleClient): void {
  const signed = [...cookies].find(([name]) => name.endsWith('_session'))?.[1];
  const id = /^s:([^.]+)\./.exec(decodeURIComponent(signed ?? ''))?.[1];
  if (id === undefined) throw new Error('Nobody is signed in');
  note('session id', id);
}

/** Of all links in all e-mails. */
function mailedTokens({ sink }: FaultStage): Needle[] {
  const texts = sink.mails.flatMap(({ text }) => [...(text ?? '').matchAll(/https?:\S+\/([\w-]{71})(?=\s|$)/g)]);
  return [...new Set(texts.map(([, token]) => token!))].map((text) => ({ kind: 'token', text }));
}
