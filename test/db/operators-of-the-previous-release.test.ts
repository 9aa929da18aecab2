import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { FormerPortalOperator, Operator, PortalOperator, Reply } from '../../db/entities/index.ts';
import { migrate } from '../../db/migrate.ts';
import { createEmptyDatabase } from '../harness/test-database.ts';

test('operators of the previous release keep portals, names and passwords; only a password that they changed is their own', async () => {
  const { database, drop } = await createEmptyDatabase();
  try {
    await database.migrator.up({ to: '2026-11-26-uncounted-bulk-actions' });
    const em = database.em.fork();
    const [alpha, beta, contact, user, request] = Array.from({ length: 5 }, () => randomUUID());
    for (const [id, slug] of [
      [alpha, 'alpha'],
      [beta, 'beta'],
    ]) {
      await em.execute(
        `insert into portals (id, slug, name, default_locale, link_validity_seconds, reminders_after_seconds,
           re_invite_cooldown_seconds, re_invite_daily_cap, created_at) values (?, ?, 'Acme', 'en', 604800, '[]', 60, 5, now())`,
        [id, slug],
      );
    }
    const operators = { changed: randomUUID(), renamed: randomUUID(), reset: randomUUID(), gone: randomUUID() };
    const event = (type: string, actor: string, data: object) =>
      em.execute('insert into events (portal_id, type, actor, data, occurred_at) values (?, ?, ?, ?, now())', [
        alpha,
        type,
        actor,
        JSON.stringify(data),
      ]);
    for (const [who, id] of Object.entries(operators)) {
      await em.execute(
        `insert into operators (id, email, email_key, name, password_hash, created_at) values (?, ?, ?, ?, ?, now())`,
        [id, `${who}@Example.com`, `${who}@example.com`, `Name of ${who}`, `hash of ${who}`],
      );
      for (const portal of who === 'gone' ? [beta] : [alpha, beta]) {
        await em.execute(`insert into portal_operators values (?, ?, 'owner', '2026-01-02T03:04:05Z')`, [id, portal]);
      }
    }
    const own = (id: string, changed: string) =>
      event('operator_changed', `operator/${id}`, { operatorId: id, changed: [changed] });
    await own(operators.changed, 'password');
    await own(operators.renamed, 'name');
    await event('operator_changed', `operator/${operators.changed}`, {
      operatorId: operators.reset,
      changed: ['password'],
    });
    await event('operator_removed', 'administrator', { operatorId: operators.gone });
    await em.execute(
      `insert into contacts (id, portal_id, email, email_key, name, created_at) values (?, ?, 'j@example.com', 'j@example.com', 'Jane', now())`,
      [contact, alpha],
    );
    await em.execute(
      `insert into portal_users (id, portal_id, contact_id, link_salt, queued_at, created_at) values (?, ?, ?, '', now(), now())`,
      [user, alpha, contact],
    );
    await em.execute(
      `insert into requests (id, portal_id, portal_user_id, number, subject, description, created_at, last_activity_at)
       values (?, ?, ?, 1, 'Fire', 'It burns.', now(), now())`,
      [request, alpha, user],
    );
    for (const author of [`operator/${operators.gone}`, 'portal_user']) {
      await em.execute(
        `insert into replies (id, request_id, author, text, created_at) values (?, ?, ?, 'Water.', clock_timestamp())`,
        [randomUUID(), request, author],
      );
    }
    await migrate(database);

    const now = database.em.fork();
    const rows = await now.find(Operator, {}, { populate: ['passwordHash'], orderBy: { email: 'asc' } });
    expect(rows.map(({ email, passwordHash, passwordSetBy }) => [email, passwordHash, passwordSetBy])).toEqual([
      ['changed@Example.com', 'hash of changed', 'self'],
      ['gone@Example.com', 'hash of gone', 'other'],
      ['renamed@Example.com', 'hash of renamed', 'other'],
      ['reset@Example.com', 'hash of reset', 'other'],
    ]);
    const memberships = await now.find(PortalOperator, { operator: operators.renamed });
    expect(memberships).toHaveLength(2);
    for (const membership of memberships) {
      expect(membership).toMatchObject({ name: 'Name of renamed', email: 'renamed@Example.com', role: 'owner' });
      expect(membership.acceptedAt).toEqual(new Date('2026-01-02T03:04:05Z'));
      expect(membership.linkSalt).toHaveLength(16);
    }
    expect(new Set((await now.find(PortalOperator, {})).map(({ id }) => id)).size).toBe(7);
    const former = await now.find(FormerPortalOperator, {});
    expect(former.map(({ operator, portal, name: called }) => [operator.id, portal.id, called])).toEqual([
      [operators.gone, alpha, 'Name of gone'],
    ]);
    const replies = await now.find(Reply, {}, { orderBy: { author: 'asc' } });
    expect(replies.map(({ authorName }) => authorName)).toEqual(['Name of gone', null]);
  } finally {
    await drop();
  }
});
