import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { Database } from '../../db/database.ts';
import { InvitationEmail, PortalUser } from '../../db/entities/index.ts';
import { migrate } from '../../db/migrate.ts';
import { parseLinkKeys } from '../../links/link-keys.ts';
import { rememberResponse } from '../../web/idempotency.ts';
import { createEmptyDatabase } from '../harness/test-database.ts';
import { TEST_LINK_KEYS } from '../harness/test-worker.ts';

/** A database of its own, with the schema of a former release. */
async function withSchemaOf(migration: string, work: (database: Database) => Promise<void>): Promise<void> {
  const { database, drop } = await createEmptyDatabase();
  try {
    await database.migrator.up({ to: migration });
    await work(database);
  } finally {
    await drop();
  }
}

test('e-mails of before are kept, and said what they would say now', async () => {
  await withSchemaOf('2026-11-23-initial-schema', async (database) => {
    const em = database.em.fork();
    const [portal, contact, user] = [randomUUID(), randomUUID(), randomUUID()];
    await em.execute(
      `insert into portals values (?, 'acme', 'Acme', true, 'en', null, 'help@acme.example', 604800, '[]', 60, 5, now())`,
      [portal],
    );
    await em.execute(
      `insert into contacts (id, portal_id, email, email_key, name, created_at) values (?, ?, 'j@example.com', 'j@example.com', 'Jane', now())`,
      [contact, portal],
    );
    await em.execute(
      `insert into portal_users (id, portal_id, contact_id, locale, link_salt, link_expires_at, queued_at, created_at)
       values (?, ?, ?, 'de-AT', '', '2026-12-01T12:00:00.5Z', now(), now())`,
      [user, portal, contact],
    );
    for (const reminder of [0, 1]) {
      await em.execute(
        `insert into invitation_emails (id, portal_user_id, generation, reminder, to_address, queued_at) values (?, ?, 1, ?, 'j@example.com', now())`,
        [randomUUID(), user, reminder],
      );
    }
    await migrate(database);

    const rows = await database.em.fork().find(InvitationEmail, {}, { orderBy: { reminder: 'asc' } });
    const content = {
      ...{
        kind: 'invitation',
        language: 'de',
        portalName: 'Acme',
        color: '#1f5eff',
        logoUrl: null,
        senderName: 'Acme',
      },
      ...{ replyTo: 'help@acme.example', name: 'Jane', note: null, validitySeconds: 604_800, expiresAt: null },
    };
    expect(rows.map((row) => row.content)).toEqual([
      content,
      { ...content, kind: 'reminder', expiresAt: '2026-12-01T12:00:00.500Z' },
    ]);
    const [migrated] = await database.em.fork().find(PortalUser, {});
    expect(migrated!.dueAt).toEqual(new Date('2026-12-01T12:00:00.500Z'));
  });
});

test('a call that the previous release answered is not carried out again under its Idempotency-Key', async () => {
  await withSchemaOf('2026-11-26-uncounted-bulk-actions', async (database) => {
    await database.em
      .fork()
      .execute(
        `insert into remembered_answers (scope, key, fingerprint, status, location, body, created_at) values ('*', 'ä "1"', 'x', 201, '/v1', '{}', now())`,
      );
    await migrate(database);
    const memory = { database, linkKeys: parseLinkKeys(TEST_LINK_KEYS) };
    const repeat = (key: string) =>
      rememberResponse(memory, { key, scope: '*', payload: null }, async () => ({ status: 201, body: 'carried out' }));
    await expect(repeat('ä "1"')).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    expect(await repeat('another')).toMatchObject({ body: 'carried out' });
  });
});
