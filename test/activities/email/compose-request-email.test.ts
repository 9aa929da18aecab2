import { expect, test } from '@jest/globals';
import { requestEmailMessage } from '../../../activities/emails/send-request-email.ts';
import type { BrandingSettings } from '../../../email/branding.ts';
import { prerenderRequestEmail, type RequestUpdate, requestEmailContent } from '../../../email/request-email.ts';

const REQUEST_ID = '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e60';

interface Changes extends Partial<RequestUpdate> {
  subject?: string;
  senderName?: string;
  earlierIds?: string[];
  /** Of an organisation that has a site of its own. */
  ownSite?: string;
}

function compose({ subject = 'The printer', senderName, earlierIds = [], ownSite, ...news }: Changes = {}) {
  const portal: BrandingSettings & { hasOwnSite: boolean; afterConfirmingUrls: string[] } = {
    slug: 'acme',
    name: 'Acme Help Center',
    color: '#1f5eff',
    logoVersion: null,
    languages: ['en', 'de'],
    defaultLocale: 'en',
    senderName,
    replyTo: null,
    hasOwnSite: ownSite !== undefined,
    afterConfirmingUrls: ownSite === undefined ? [] : [ownSite],
  };
  const request = { id: REQUEST_ID, number: 12, subject };
  const told = { name: 'Jane Doe', locale: null, reply: null, status: null, ...news };
  const content = requestEmailContent('https://portal.example', portal, request, told);
  const email = {
    id: '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f',
    toAddress: 'jane@example.com',
    queuedAt: new Date('2026-03-01T12:00:00Z'),
    content,
    rendered: prerenderRequestEmail(content),
  };
  const message = requestEmailMessage('invitations@mail.example', { email, requestId: REQUEST_ID, earlierIds });
  const { text, html } = message;
  return { ...message, subject: String(message.subject), text: String(text), html: String(html) };
}

test('a reply is quoted with its line ends, and says who wrote it', () => {
  const { subject, text, html } = compose({ reply: { by: 'Olga', text: 'Use water.\n\nNot oil.' } });
  expect(subject).toBe('Re: [#12] The printer');
  expect(text).toContain(
    'Hello Jane Doe,\n\nOlga has answered your request #12, “The printer”:\n\n> Use water.\n> \n> Not oil.\n\n',
  );
  expect(text).toContain(`\nhttps://portal.example/p/acme/requests/${REQUEST_ID}\n`);
  expect(text).not.toContain(' is ');
  expect(html).toContain(`href="https://portal.example/p/acme/requests/${REQUEST_ID}"`);
  expect(html).toMatch(/<blockquote dir="auto"[^>]*>Use water\.<br><br>Not oil\.<\/blockquote>/);
});

test('where the organisation has a site of its own, the e-mail leads there and speaks of no sign-in', () => {
  const { text } = compose({ status: 'closed', ownSite: 'https://acme.example/help' });
  expect(text).toContain('\nhttps://acme.example/help\n');
  expect(text).not.toMatch(/password|portal\.example/);
});

test('a new status is told, alone or with a reply', () => {
  const alone = compose({ status: 'on_hold' });
  expect(alone.text).toContain('Hello Jane Doe,\n\nYour request #12, “The printer”, is on hold now.\n\n');
  expect(alone.html).not.toContain('<blockquote');
  const both = compose({ status: 'closed', reply: { by: 'Olga', text: 'Done.' } });
  expect(both.text).toContain('> Done.\n\nYour request #12, “The printer”, is closed now.\n\n');
});

test('it is written in the portal user’s language', () => {
  const { text, html } = compose({ locale: 'de-AT', status: 'closed', reply: { by: 'Olga', text: 'Erledigt.' } });
  expect(text).toContain(
    'Guten Tag Jane Doe,\n\nOlga hat Ihre Anfrage #12, „The printer“, beantwortet:\n\n> Erledigt.\n\nIhre Anfrage #12, „The printer“, ist jetzt geschlossen.\n',
  );
  expect(html).toContain('<html lang="de">');
  expect(html).toContain('Anfrage ansehen und antworten');
});

test('markup and placeholders in what people wrote are shown, never run', () => {
  const hostile = '<script>alert(1)</script> {{link}} $t(layout.sentBy) \u202eevil 🎉';
  const shown = '&lt;script&gt;alert(1)&lt;/script&gt; {{link}} $t(layout.sentBy) \u202eevil 🎉';
  const reply = { by: hostile, text: `${hostile}\n${hostile}` };
  const { subject, text, html } = compose({ name: hostile, reply, subject: hostile, senderName: hostile });
  expect(subject).toBe(`Re: [#12] ${hostile}`);
  expect(html).not.toContain('<script>');
  expect(html).toContain(`>${shown}<br>${shown}</blockquote>`);
  expect(text).toContain(`> ${hostile}\n> ${hostile}\n`);
});

test('a very long thread names its root and its newest e-mails', () => {
  const earlierIds = Array.from({ length: 500 }, (_, i) => String(i));
  const { references, inReplyTo } = compose({ status: 'open', earlierIds });
  expect(references).toHaveLength(101);
  expect([references!.at(0), references!.at(-1)]).toEqual([`<${REQUEST_ID}@mail.example>`, '<499@mail.example>']);
  expect(inReplyTo).toBe('<499@mail.example>');
});
