import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PortalOperator, Session } from '../../db/entities/index.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { invite } from '../harness/invite.ts';
import { listen } from '../harness/listen.ts';
import { openConsole } from '../harness/open-console.ts';
import { insertMembership, insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { serve } from '../harness/serve.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

type Opened = Awaited<ReturnType<typeof openConsole>>;
const em = () => stage.db.database.em.fork();

const NEW_PASSWORD = 'nine small boats sail home';
const ENDS: [string, (opened: Opened) => Promise<unknown>][] = [
  ['the operator signs out', ({ client }) => client.post('/console/sign-out')],
  [
    'the operator changes the password elsewhere',
    async ({ operator }) => {
      const elsewhere = consoleClient(stage.url);
      await elsewhere.signIn(operator.email);
      const fields = { currentPassword: OPERATOR_PASSWORD, password: NEW_PASSWORD, passwordAgain: NEW_PASSWORD };
      return elsewhere.post('/console/account/password', fields);
    },
  ],
  [
    'the operator is removed from the portal and keeps another one',
    async ({ operator, slug }) => {
      const other = await insertPortal(stage.db.database);
      await insertMembership(stage.db.database, operator, other.id);
      await em().nativeDelete(PortalOperator, { operator: operator.id, portal: { slug } });
    },
  ],
  [
    'the operator is removed from their only portal',
    async ({ operator, slug }) => {
      await insertOperator(stage.db.database, slug);
      await stage.admin.delete(`/v1/portals/${slug}/operators/${operator.id}`).expecting(204);
    },
  ],
  [
    'the session is idle for too long',
    ({ operator }) => {
      const lastUsedAt = new Date(Date.now() - 2 * 3_600_000);
      return em().nativeUpdate(Session, { operator: operator.id }, { lastUsedAt });
    },
  ],
];
test.each(ENDS)('a stream ends when %s, another operator’s goes on', async (_title, end) => {
  const [opened, other] = [await openConsole(stage), await openConsole(stage)];
  const [stream, others] = [
    await listen(stage.url, opened.client, opened.slug),
    await listen(stage.url, other.client, other.slug),
  ];
  await end(opened);
  await eventually(() => stream.told.ended, 'the end of the stream');
  const { id } = await invite(stage, opened.api);
  expect(stream.told.text).not.toContain(id);
  const again = await listen(stage.url, opened.client, opened.slug);
  expect(again.response.headers.get('content-type')).not.toBe('text/event-stream');

  const user = await invite(stage, other.api);
  await eventually(() => others.told.text.includes(user.id), 'the change of the other portal');
  expect(others.told.ended).toBe(false);
  await others.close();
});

test('a stream ends also where another API process ended the session', async () => {
  await using elsewhere = await serve(stage.services);
  const { client, slug } = await openConsole(stage);
  const stream = await listen(elsewhere.url, client, slug);
  await client.post('/console/sign-out');
  await eventually(() => stream.told.ended, 'the end of the stream');
});

test('the eleventh stream of a session closes its first, and nobody else’s', async () => {
  const { client, slug, operator, api } = await openConsole(stage);
  const elsewhere = consoleClient(stage.url);
  await elsewhere.signIn(operator.email);
  const others = await listen(stage.url, elsewhere, slug);
  const streams: Awaited<ReturnType<typeof listen>>[] = [];
  for (let i = 0; i < 11; i += 1) streams.push(await listen(stage.url, client, slug));
  await eventually(() => streams[0]!.told.ended, 'the end of the first stream');
  expect(streams[0]!.told.text).toMatch(/retry: 60000\n\n$/);
  const { id } = await invite(stage, api);
  const open = [...streams.slice(1), others];
  await eventually(() => open.every(({ told }) => told.text.includes(id)), 'the change on every open stream');
  expect(open.filter(({ told }) => told.ended)).toEqual([]);
  await Promise.all(open.map((stream) => stream.close()));
});
