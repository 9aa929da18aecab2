import { expect, test } from '@jest/globals';
import { composeInvitation } from '../../../activities/email/compose-invitation.ts';
import type { PreparedEmail } from '../../../activities/prepare-invitation-email.ts';
import { parseLinkKeys } from '../../../db/link-keys.ts';
import { TEST_LINK_KEYS } from '../../harness/test-worker.ts';

const settings = {
  linkKeys: parseLinkKeys(TEST_LINK_KEYS),
  publicUrl: 'https://portal.example',
  mailFrom: 'invitations@mail.example',
};

function prepared(changes: { name?: string; locale?: string | null; portal?: object; reminder?: number } = {}) {
  return {
    email: {
      id: '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f',
      generation: 1,
      reminder: changes.reminder ?? 0,
      toAddress: 'jane@example.com',
      queuedAt: new Date('2026-03-01T12:00:00Z'),
    },
    user: {
      id: '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e60',
      linkSalt: Buffer.alloc(16, 5),
      locale: changes.locale ?? null,
      linkExpiresAt: new Date('2026-03-08T12:00:00Z'),
    },
    contact: { name: changes.name ?? 'Jane Doe' },
    portal: {
      name: 'Acme Help Center',
      defaultLocale: 'en',
      senderName: null,
      replyTo: null,
      linkValiditySeconds: 604_800,
      ...changes.portal,
    },
  } as unknown as PreparedEmail;
}

test('the same row always gives the same message', () => {
  const message = composeInvitation(settings, prepared());
  expect(composeInvitation(settings, prepared())).toEqual(message);
  expect(message).toMatchObject({
    messageId: '<019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f@mail.example>',
    date: new Date('2026-03-01T12:00:00Z'),
    to: { name: 'Jane Doe', address: 'jane@example.com' },
    from: { name: 'Acme Help Center', address: 'invitations@mail.example' },
    headers: { 'Auto-Submitted': 'auto-generated' },
    subject: 'Your access to Acme Help Center',
  });
});

test('the link stands written out in the text part and behind the button', () => {
  const { text, html } = composeInvitation(settings, prepared());
  const link = /^https:\/\/portal\.example\/confirm\/[\w-]{71}$/m.exec(String(text))![0];
  expect(link.length).toBeLessThanOrEqual(512);
  expect(html).toContain(`href="${link}"`);
  expect(text).toContain('Sunday, March 8, 2026 at 12:00 PM (UTC)');
});

test('a reminder says so and has the same link', () => {
  const first = composeInvitation(settings, prepared());
  const reminder = composeInvitation(settings, prepared({ reminder: 1 }));
  const link = /https:\S+/;
  expect(reminder.subject).toBe('Reminder: your access to Acme Help Center');
  expect(link.exec(String(reminder.text))![0]).toBe(link.exec(String(first.text))![0]);
});

test.each([
  ['the user’s language', { locale: 'de-AT' }, 'Ihr Zugang zu'],
  ['the portal’s where the user has none', { portal: { defaultLocale: 'de' } }, 'Ihr Zugang zu'],
  ['the portal’s where the user’s is unknown', { locale: 'ja', portal: { defaultLocale: 'de' } }, 'Ihr Zugang zu'],
  ['English where both are unknown', { locale: 'ja', portal: { defaultLocale: 'fr' } }, 'Your access to'],
])('it is written in %s', (_what, changes, subject) => {
  expect(composeInvitation(settings, prepared(changes)).subject).toContain(subject);
});

test('sender name and reply-to are the portal’s', () => {
  const portal = { senderName: 'Acme Support', replyTo: 'support@acme.example' };
  expect(composeInvitation(settings, prepared({ portal }))).toMatchObject({
    from: { name: 'Acme Support', address: 'invitations@mail.example' },
    replyTo: { name: 'Acme Support', address: 'support@acme.example' },
  });
});

test('markup and placeholders in names are shown, never run', () => {
  const name = '<script>alert(1)</script> {{link}} $t(layout.sentBy)';
  const { html, text } = composeInvitation(settings, prepared({ name }));
  expect(html).not.toContain('<script>');
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; {{link}} $t(layout.sentBy)');
  expect(text).toContain(name);
});
