import type { SendMailOptions } from 'nodemailer';

/** What an e-mail's envelope is made of. */
export interface Addressed {
  id: string;
  toAddress: string;
  queuedAt: Date;
  content: { name: string; senderName: string; replyTo: string | null };
}

/**
 * Everything of a message but what it says. The same row always gives the same: Message-ID, Date and boundary come from it,
 * so that mailboxes recognise a retried sending as a copy.
 */
export function envelope(mailFrom: string, { id, toAddress, queuedAt, content }: Addressed): SendMailOptions {
  const { name, senderName, replyTo } = content;
  return {
    from: { name: senderName, address: mailFrom },
    // As an object: a string would be parsed, and a hostile one could name a second recipient.
    to: { name, address: toAddress },
    ...(replyTo !== null && { replyTo: { name: senderName, address: replyTo } }),
    messageId: messageId(mailFrom, id),
    date: queuedAt,
    baseBoundary: id,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/** A Message-ID (RFC 5322, section 3.6.4) that belongs to this id alone. */
export function messageId(mailFrom: string, id: string): string {
  return `<${id}@${mailFrom.slice(mailFrom.lastIndexOf('@') + 1)}>`;
}
