import { expect, test } from '@jest/globals';
import { previewInvitation, renderInvitation } from '../../../email/invitation.ts';
import type { InvitationEmailContent } from '../../../vocabulary/email-content.ts';

const content: InvitationEmailContent = {
  kind: 'invitation',
  language: 'en',
  portalName: 'Acme Help Center',
  color: '#1f5eff',
  logoUrl: null,
  senderName: 'Acme',
  replyTo: null,
  name: 'Jane Doe',
  note: 'See you soon',
  hasOwnSite: false,
  validitySeconds: 604_800,
  expiresAt: null,
};

test('a preview is the e-mail that is sent, but for the link, which opens nothing', () => {
  const sent = renderInvitation(content, 'https://portal.example/confirm/SECRET');
  const shown = previewInvitation(content, 'https://portal.example');
  for (const part of ['subject', 'html', 'text'] as const) {
    expect(shown[part]).toBe(sent[part].replaceAll('SECRET', '…'));
  }
});
