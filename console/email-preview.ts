import type { Response } from 'express';
import { previewInvitation } from '../email/invitation.ts';
import type { InvitationEmailContent, RenderedEmail } from '../vocabulary/email-content.ts';

/** What an e-mail is shown by: the context of the partial `email-frame`. */
export interface EmailFrame {
  /** Says which e-mail this is, to who cannot see the frame. */
  title: string;
  /** Address of its HTML, answered by {@link showEmailHtml}. */
  src: string;
  subject: string;
  from: string;
  to: string;
  replyTo: string | null;
  text: string;
}

/** An e-mail as the partial `email-frame` shows it, with a link that opens nothing. @param rendered its stored words, if any */
export function emailFrame(
  content: InvitationEmailContent,
  publicUrl: string,
  {
    title,
    src,
    to,
    rendered,
  }: Pick<EmailFrame, 'title' | 'src' | 'to'> & { rendered?: RenderedEmail | null | undefined },
): EmailFrame {
  const { subject, text } = previewInvitation(content, publicUrl, rendered);
  return { title, src, to, subject, from: content.senderName, replyTo: content.replyTo, text };
}

/**
 * An e-mail's styles stand in its HTML, so it is shown in a frame with rules of its own: nothing in it runs, is sent or
 * leads anywhere, and it is loaded by pages of ours only.
 */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox; frame-ancestors 'self'";

/** Answers an e-mail's HTML to the sandboxed frame that shows it. */
export function showEmailHtml(response: Response, html: string): void {
  response.set('Content-Security-Policy', CONTENT_SECURITY_POLICY).type('html').send(html);
}
