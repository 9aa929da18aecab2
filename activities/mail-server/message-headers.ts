import type { SendMailOptions } from 'nodemailer';

/** What an e-mail's headers are made of: its row. */
export interface HeaderFields {
  id: string;
  toAddress: string;
  queuedAt: Date;
  content: { name: string; senderName: string; replyTo: string | null };
}

/**
 * All of a message but its words. The same row always gives the same headers: Message-ID, Date and boundary come from it,
 * so that mailboxes recognise a retry as a copy.
 */
export function messageHeaders(mailFrom: string, { id, toAddress, queuedAt, content }: HeaderFields): SendMailOptions {
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
