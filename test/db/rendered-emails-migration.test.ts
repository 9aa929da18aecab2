import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { invitationMessage } from '../../activities/invitation/send-invitation-email.ts';
import { openDatabase } from '../../db/database.ts';
import { migrate } from '../../db/migrate.ts';
import { readInvitation } from '../../db/queries/read-invitation.ts';
import { parseLinkKeys } from '../../links/link-keys.ts';
import { onServer } from '../harness/test-database.ts';
import { TEST_LINK_KEYS } from '../harness/test-worker.ts';

const CONTENT = {
  kind: 'invitation',
  language: 'en',
  portalName: 'Acme',
  color: '#1f5eff',
  logoUrl: null,
  senderName: 'Acme',
  replyTo: null,
  name: 'Jane',
  note: 'See you soon',
  hasOwnSite: false,
  validitySeconds: 604_800,
  expiresAt: null,
};

test('an e-mail that the previous release queued has no words in its row, and its message is made of its data', async () => {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`create database "${name}"`);
  const url = new URL(process.env.TEST_DATABASE_URL!);
  url.pathname = `/${name}`;
  const database = await openDatabase(url.href, { patient: true });
  try {
    await database.migrator.up({ to: '2026-11-27-address-keys' });
    const [portal, contact, user, email] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const em = database.em.fork();
    await em.execute(
      `insert into portals (id, slug, name, default_locale, link_validity_seconds, reminders_after_seconds,
                            re_invite_cooldown_seconds, re_invite_daily_cap)
       values (?, 'acme', 'Acme', 'en', 604800, '[]', 60, 5)`,
      [portal],
    );
    await em.execute(
      `insert into contacts (id, portal_id, email, email_key, name) values (?, ?, 'jane@example.com', 'jane@example.com', 'Jane')`,
      [contact, portal],
    );
    await em.execute(
      `insert into portal_users (id, portal_id, contact_id, confirmation_status, generation, delivery, link_salt)
       values (?, ?, ?, 'not_confirmed', 1, 'deferred', decode('00010203040506070809fffefdfcfbfa', 'hex'))`,
      [user, portal, contact],
    );
    await em.execute(
      `insert into invitation_emails (id, portal_user_id, generation, reminder, to_address, content, delivery)
       values (?, ?, 1, 0, 'jane@example.com', ?::json, 'deferred')`,
      [email, user, JSON.stringify(CONTENT)],
    );

    await migrate(database);

    const invitation = await readInvitation(database.em.fork(), { portalUserId: user, generation: 1, reminder: 0 });
    expect(invitation!.user.linkSalt.toString('hex')).toBe('00010203040506070809fffefdfcfbfa');
    expect(invitation!.email).toMatchObject({ id: email, content: CONTENT, rendered: null, answeredAt: null });
    const settings = {
      linkKeys: parseLinkKeys(TEST_LINK_KEYS),
      publicUrl: 'https://portal.example',
      mailFrom: 'a@b.c',
    };
    const message = invitationMessage(settings, { user: invitation!.user, email: invitation!.email! });
    expect(message.subject).toBe('Your access to Acme');
    expect(message.text).toMatch(/> See you soon[\s\S]*^https:\/\/portal\.example\/confirm\/[\w-]{71}$/m);
  } finally {
    await database.close(true);
    await onServer(`drop database if exists "${name}" with (force)`);
  }
});
