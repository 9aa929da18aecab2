import { createHmac, randomUUID } from 'node:crypto';
import { cookieKeys, cookieName } from '../../web/cookies.ts';
import { hashSessionId } from '../../web/sessions.ts';
import type { ApiClient } from './api-client.ts';
import { submitPassword } from './confirm.ts';
import { type ConsoleAnswer, type ConsoleClient, consoleClient } from './console-client.ts';
import { invite } from './invite.ts';
import { insertSession } from './rows.ts';
import type { Stage } from './stage.ts';

/** A file as a browser sends it with a form. */
export interface SentFile {
  name: string;
  content: Buffer | string;
  type?: string;
}

export type Opened = Awaited<ReturnType<typeof openCustomerPortal>>;

/** A new portal, and a confirmed portal user of it who is signed in. */
export async function openCustomerPortal(
  stage: Stage,
  settings: Record<string, unknown> = {},
  person: Record<string, unknown> = {},
) {
  const { slug, api, key } = await stage.openPortal(settings);
  return { slug, api, key, path: `/p/${slug}`, ...(await confirmedUser(stage, slug, api, person)) };
}

/** Adds a request by the portal's own form. @returns its id */
export async function addRequestAs(
  { path, send }: Pick<Opened, 'path' | 'send'>,
  typed: Record<string, string> = {},
  files: SentFile[] = [],
): Promise<string> {
  const { location } = await send(`${path}/requests/new`, { subject: 'Help', description: 'Please', ...typed }, files);
  return location!.split('/').at(-1)!;
}

/** A confirmed portal user (the password is PASSWORD), with a browser that is signed in. */
export async function confirmedUser(stage: Stage, slug: string, api: ApiClient, details: Record<string, unknown> = {}) {
  const { id, email, link, events } = await invite(stage, api, details);
  await submitPassword(link);
  const client = consoleClient(stage.url);
  await signIn(stage, client, slug, id);
  const send = (path: string, fields: Record<string, string>, files?: SentFile[], headers?: Record<string, string>) =>
    sendForm(stage, client, path, fields, files, headers);
  return { id, email, events, client, send };
}

/** Begins a session as the sign-in page does, without hashing a password. */
export async function signIn(stage: Stage, client: ConsoleClient, slug: string, portalUserId: string): Promise<void> {
  const { publicUrl, database } = stage.services;
  const sid = randomUUID();
  await insertSession(database, { portalUser: portalUserId, secretHash: hashSessionId(sid) });
  const secret = cookieKeys(stage.services, `portal_${slug}`)[0]!;
  const mac = createHmac('sha256', secret).update(sid).digest('base64').replace(/=+$/, '');
  client.cookies.set(cookieName(publicUrl, `portal_${slug}`, 'session'), encodeURIComponent(`s:${sid}.${mac}`));
}

/** Sends a form with files as a browser does: the fields first, then each file as `attachments`. */
export async function sendForm(
  { url }: { url: string },
  { cookies }: Pick<ConsoleClient, 'cookies'>,
  path: string,
  fields: Record<string, string>,
  files: SentFile[] = [],
  headers: Record<string, string> = {},
): Promise<ConsoleAnswer> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  for (const { name, content, type = 'application/octet-stream' } of files) {
    body.append('attachments', new Blob([new Uint8Array(Buffer.from(content as Buffer))], { type }), name);
  }
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(url + path, {
    method: 'POST',
    body,
    headers: { cookie, accept: 'text/html', 'sec-fetch-site': 'same-origin', ...headers },
    redirect: 'manual',
  });
  return {
    status: response.status,
    headers: response.headers,
    location: response.headers.get('location'),
    html: await response.text(),
  };
}
