import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { migrate } from '../../db/migrate.ts';
import { createEmptyDatabase } from '../harness/test-database.ts';

test('e-mails that an earlier release left as queued for ever say what became of them', async () => {
  const { database, drop } = await createEmptyDatabase();
  try {
    await database.migrator.up({ to: '2026-11-26-uncounted-bulk-actions' });
    const em = database.em.fork();
    const portal = randomUUID();
    await em.execute(
      `insert into portals (id, slug, name, default_locale, link_validity_seconds, reminders_after_seconds,
                            re_invite_cooldown_seconds, re_invite_daily_cap, created_at)
       values (?, 'acme', 'Acme', 'en', 604800, '[]', 60, 5, now())`,
      [portal],
    );
    const add = async (status: string, generation: number, delivery: string, emails: [number, string, boolean][]) => {
      const [contact, user] = [randomUUID(), randomUUID()];
      await em.execute(
        `insert into contacts (id, portal_id, email, email_key, name, created_at) values (?, ?, ?, ?, 'Jane', now())`,
        [contact, portal, `${user}@example.com`, `${user}@example.com`],
      );
      await em.execute(
        `insert into portal_users (id, portal_id, contact_id, confirmation_status, generation, delivery, link_salt, queued_at, created_at)
         values (?, ?, ?, ?, ?, ?, '', now(), now())`,
        [user, portal, contact, status, generation, delivery],
      );
      for (const [of, became, isAnswered] of emails) {
        await em.execute(
          `insert into invitation_emails (id, portal_user_id, generation, reminder, to_address, content, delivery, queued_at, answered_at)
           values (?, ?, ?, 0, 'j@example.com', '{}', ?, now(), case when ? then now() end)`,
          [randomUUID(), user, of, became, isAnswered],
        );
      }
      return user;
    };
    const never = await add('deactivated', 1, 'queued', []);
    const deferred = await add('deactivated', 1, 'deferred', [[1, 'deferred', false]]);
    const late = await add('confirmed', 1, 'queued', [[1, 'sent', true]]);
    const waiting = await add('not_confirmed', 2, 'queued', [
      [1, 'deferred', false],
      [2, 'queued', false],
    ]);

    await migrate(database);
    await migrate(database);

    const now = database.em.fork();
    const users = await now.execute<{ id: string; delivery: string }[]>('select id, delivery from portal_users');
    const became = new Map(users.map(({ id, delivery }) => [id, delivery]));
    expect([never, deferred, late, waiting].map((id) => became.get(id))).toEqual([
      ...['suppressed', 'suppressed', 'sent', 'queued'],
    ]);
    const emails = await now.execute<{ delivery: string }[]>(
      'select delivery from invitation_emails where portal_user_id = ? order by generation',
      [waiting],
    );
    expect(emails.map(({ delivery }) => delivery)).toEqual(['suppressed', 'queued']);
  } finally {
    await drop();
  }
});
