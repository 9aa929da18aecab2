import { PortalUser } from '../../db/entities/index.ts';
import type { OperatorRole } from '../../vocabulary/statuses.ts';
import { consoleClient } from './console-client.ts';
import { newAddress } from './invite.ts';
import { insertOperator } from './rows.ts';
import type { Stage } from './stage.ts';

/** A name that does harm where it is not shown as it was typed, and how it is shown. */
export const HOSTILE = `<img src=x onerror=alert(1)> "Ω" evil ${'n'.repeat(400)}`;
export const HOSTILE_SHOWN = '&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt; &quot;Ω&quot; evil';

/** The key that a form of a page carries, so that it is carried out once. */
export function formKeyIn(html: string): string {
  return /name="formKey" value="([^"]+)"/.exec(html)![1]!;
}

/** A new portal, and an operator of it who is signed in. */
export async function openConsole(
  stage: Stage,
  { role = 'owner', ...settings }: { role?: OperatorRole } & Record<string, unknown> = {},
) {
  const { slug, api } = await stage.openPortal(settings);
  const operator = await insertOperator(stage.db.database, slug, role);
  const client = consoleClient(stage.url);
  await client.signIn(operator.email);
  return {
    slug,
    api,
    operator,
    client,
    formKey: async (page: string) => formKeyIn((await client.get(page)).html),
    /** The portal's users with their contacts, oldest first. */
    users: () =>
      stage.db.database.em
        .fork()
        .find(PortalUser, { portal: { slug } }, { populate: ['contact'], orderBy: { id: 'asc' } }),
  };
}

/** The same, with what tests of contacts do. */
export async function openContacts(stage: Stage, role?: OperatorRole, settings: Record<string, unknown> = {}) {
  const opened = await openConsole(stage, { ...(role && { role }), ...settings });
  const { slug, api, client, formKey } = opened;
  const path = `/console/${slug}/contacts`;
  return {
    ...opened,
    path,
    addContact: async (name: string) =>
      (await api.post('/contacts', { name, email: newAddress(), account: 'ACME' }).expecting(201)).body as {
        id: string;
        email: string;
      },
    /** A form about picked contacts, as it was shown, filled in. */
    pick: async (contact: string | string[]) => ({ formKey: await formKey(path), contact }),
    sendPicked: (form: Record<string, string | string[]>) => client.post(`${path}/add-portal-users`, form),
  };
}
