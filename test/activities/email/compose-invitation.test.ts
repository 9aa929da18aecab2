import { expect, test } from '@jest/globals';
import { invitationMessage } from '../../../activities/invitation/send-invitation-email.ts';
import { type EmailSettings, invitationContent, prerenderInvitation } from '../../../email/invitation.ts';
import { parseLinkKeys } from '../../../links/link-keys.ts';
import { TEST_LINK_KEYS } from '../../harness/test-worker.ts';

const settings = {
  linkKeys: parseLinkKeys(TEST_LINK_KEYS),
  publicUrl: 'https://portal.example',
  mailFrom: 'invitations@mail.example',
};

interface Changes {
  name?: string;
  locale?: string;
  note?: string;
  portal?: Partial<EmailSettings>;
  kind?: 'invitation' | 'reminder';
}

function prepared({ name = 'Jane Doe', locale, note, portal, kind = 'invitation' }: Changes = {}) {
  const emailSettings: EmailSettings = {
    slug: 'acme',
    name: 'Acme Help Center',
    color: '#1f5eff',
    logoVersion: null,
    languages: ['en', 'de'],
    defaultLocale: 'en',
    senderName: null,
    replyTo: null,
    linkValiditySeconds: 604_800,
    hasOwnSite: false,
    ...portal,
  };
  const expiresAt = new Date('2026-03-08T12:00:00Z');
  const content = invitationContent(settings.publicUrl, emailSettings, { kind, name, locale, note, expiresAt });
  return {
    email: {
      id: '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f',
      generation: 1,
      toAddress: 'jane@example.com',
      queuedAt: new Date('2026-03-01T12:00:00Z'),
      content,
      rendered: prerenderInvitation(content, settings.publicUrl),
    },
    user: { id: '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e60', linkSalt: Buffer.alloc(16, 5) },
  };
}

const compose = (changes?: Changes) => {
  const { subject, text, html, ...envelope } = invitationMessage(settings, prepared(changes));
  return { ...envelope, subject: String(subject), text: String(text), html: String(html) };
};

test('the same row always gives the same message', () => {
  const message = invitationMessage(settings, prepared());
  expect(invitationMessage(settings, prepared())).toEqual(message);
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
  const { text, html } = compose();
  const link = /^https:\/\/portal\.example\/confirm\/[\w-]{71}$/m.exec(text)![0];
  expect(link.length).toBeLessThanOrEqual(512);
  expect(html).toContain(`href="${link}"`);
  expect(text).toContain('Sunday, March 8, 2026 at 12:00 PM (UTC)');
});

test('a reminder says so and has the same link', () => {
  const first = compose();
  const reminder = compose({ kind: 'reminder' });
  const link = /https:\S+/;
  expect(reminder.subject).toBe('Reminder: your access to Acme Help Center');
  expect(link.exec(reminder.text)![0]).toBe(link.exec(first.text)![0]);
});

const CHOICES: [string, Changes, string][] = [
  ['the user’s language', { locale: 'de-AT' }, 'Ihr Zugang zu'],
  ['the portal’s where the user has none', { portal: { defaultLocale: 'de' } }, 'Ihr Zugang zu'],
  ['the portal’s where the user’s is unknown', { locale: 'ja', portal: { defaultLocale: 'de' } }, 'Ihr Zugang zu'],
  ['English where both are unknown', { locale: 'ja', portal: { defaultLocale: 'fr' } }, 'Your access to'],
  [
    'the portal’s where it does not write in the user’s',
    { locale: 'de', portal: { languages: ['en'] } },
    'Your access',
  ],
  ['the portal’s only language', { locale: 'en', portal: { languages: ['de'], defaultLocale: 'fr' } }, 'Ihr Zugang'],
];
test.each(CHOICES)('it is written in %s', (_what, changes, subject) => {
  expect(compose(changes).subject).toContain(subject);
});

test('sender name and reply-to are the portal’s', () => {
  const portal = { senderName: 'Acme Support', replyTo: 'support@acme.example' };
  expect(compose({ portal })).toMatchObject({
    from: { name: 'Acme Support', address: 'invitations@mail.example' },
    replyTo: { name: 'Acme Support', address: 'support@acme.example' },
  });
});

test('markup and placeholders in names are shown, never run', () => {
  const name = '<script>alert(1)</script> {{link}} $t(layout.sentBy)';
  const { html, text } = compose({ name, portal: { name: `"${name}`, senderName: name }, note: 'x' });
  expect(html).not.toContain('<script>');
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; {{link}} $t(layout.sentBy)');
  expect(text).toContain(`Hello ${name},`);
  expect(text).toContain(`${name} writes:`);
});

test('a personal note is quoted, its line ends kept and its markup shown as typed', () => {
  const note = 'Dear <b>Jane</b>,\n\n{{link}} "see" you & $t(layout.sentBy)\n\u202eright to left 🎉';
  const { html, text } = compose({ note });
  expect(text).toContain(
    '\nAcme Help Center writes:\n\n> Dear <b>Jane</b>,\n> \n> {{link}} "see" you & $t(layout.sentBy)\n> \u202eright to left 🎉\n\n',
  );
  expect(html).toMatch(
    /<blockquote dir="auto"[^>]*>Dear &lt;b&gt;Jane&lt;\/b&gt;,<br><br>\{\{link\}\} &quot;see&quot;/,
  );
  expect(compose({ note, locale: 'de' }).text).toContain('\nAcme Help Center schreibt:\n\n> Dear');
  for (const part of [compose().html, compose().text]) expect(part).not.toMatch(/writes:|blockquote|^>/m);
});

test.each([
  ['#1f5eff', '#ffffff', '#1f5eff'],
  ['#ffe14d', '#000000', '#000000'],
  ['#ffffff', '#000000', '#000000'],
  ['#000000', '#ffffff', '#000000'],
])('a button of the colour %s is readable and has an edge on the paper', (color, onColor, edge) => {
  const { html } = compose({ portal: { color }, note: 'x' });
  const button = `border:1px solid ${edge};border-radius:8px;background:${color};color:${onColor};`;
  expect(html).toContain(button);
  expect(html).toContain(`border-top:6px solid ${color}`);
});

test('the logo stands above the text, else the name', () => {
  expect(compose().html).not.toContain('<img');
  const { html } = compose({ portal: { logoVersion: 'a1b2', name: 'Acme "Help"' } });
  expect(html).toContain('<img src="https://portal.example/p/acme/logo?v&#x3D;a1b2" alt="Acme &quot;Help&quot;"');
});

test('who chooses no password is not asked for one', () => {
  for (const kind of ['invitation', 'reminder'] as const) {
    for (const locale of ['en', 'de']) {
      const { text, html } = compose({ kind, locale, portal: { hasOwnSite: true } });
      expect(text + html).not.toMatch(/password|Passwort/i);
      expect(text).toMatch(/asked for your e-mail address|nach Ihrer E-Mail-Adresse gefragt/);
      expect(compose({ kind, locale }).text).toMatch(/password|Passwort/);
    }
  }
});
