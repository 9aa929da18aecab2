import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/index.ts';
import { Contact, InvitationEmail, Portal, PortalUser } from '../../db/entities/index.ts';
import { activityEnvironment } from '../harness/activity-environment.ts';
import { insertPortal, insertPortalUser } from '../harness/rows.ts';
import { type Engine, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

test('a retried e-mail is the same to the byte, whatever was changed meanwhile', async () => {
  const { database } = engine.db;
  const { sendInvitationEmail } = createActivities(engine.worker.dependencies);
  const portal = await insertPortal(database, { replyTo: 'help@acme.example', logoVersion: 'v1', color: '#00ff7f' });
  const user = await insertPortalUser(database, portal);
  await database.em.fork().nativeUpdate(PortalUser, user.id, { note: 'See you <soon>\nOlga' });
  const order = { portalUserId: user.id, generation: 1, reminder: 0 };

  engine.sink.mood = 'cut'; // takes the e-mail, but does not say so
  await activityEnvironment()
    .run(sendInvitationEmail, order)
    .catch(() => {});
  engine.sink.mood = null;
  const em = database.em.fork();
  await em.nativeUpdate(Portal, portal.id, {
    name: 'Renamed',
    color: '#ff0000',
    logoVersion: 'v2',
    languages: ['de'],
    defaultLocale: 'de',
    senderName: 'Somebody else',
    replyTo: null,
    linkValiditySeconds: 3_600,
  });
  await em.nativeUpdate(Contact, user.contact.id, { name: 'Jane Roe', email: 'jane.roe@example.com' });
  await em.nativeUpdate(PortalUser, user.id, { note: null, locale: 'de' });
  await activityEnvironment().run(sendInvitationEmail, order);

  const { email } = user.contact.getEntity();
  const [first, second, ...more] = engine.sink.mails.filter(({ recipients }) => recipients.includes(email));
  expect(more).toEqual([]);
  expect(second!.raw).toBe(first!.raw);
  expect(first!.text).toContain('> See you <soon>\n> Olga');
  expect(first!.html).toContain('background:#00ff7f');
});

test('the e-mail’s row keeps what it says, and not its link', async () => {
  const { database } = engine.db;
  const { sendInvitationEmail } = createActivities(engine.worker.dependencies);
  const portal = await insertPortal(database, { slug: 'shown', senderName: 'Acme', logoVersion: 'v1' });
  const user = await insertPortalUser(database, portal);
  for (const reminder of [0, 1]) {
    const order = { portalUserId: user.id, generation: 1, reminder };
    await activityEnvironment().run(sendInvitationEmail, order);
  }
  const rows = await database.em.fork().find(InvitationEmail, { portalUser: user }, { orderBy: { reminder: 'asc' } });
  const content = {
    kind: 'invitation',
    language: 'en',
    portalName: 'Acme Help Center',
    color: '#1f5eff',
    logoUrl: 'http://portal.example/p/shown/logo?v=v1',
    senderName: 'Acme',
    replyTo: null,
    name: 'Jane Doe',
    note: null,
    hasOwnSite: false,
    validitySeconds: 7 * 86_400,
    expiresAt: null,
  };
  expect(rows.map((row) => row.content)).toEqual([
    content,
    { ...content, kind: 'reminder', expiresAt: expect.stringMatching(/^\d{4}-.+Z$/) },
  ]);
});
