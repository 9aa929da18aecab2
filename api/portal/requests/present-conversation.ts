import type { Attachment, Reply, Request } from '../../../db/entities/index.ts';
import type { Language } from '../../../db/languages.ts';
import type { Conversation } from '../../../db/queries/read-conversation.ts';
import { fileSize } from '../../file-size.ts';
import { portalMoment } from '../moment.ts';
import { phrase } from '../pages.ts';

/** A request's description and replies, each with who wrote it, when, and its files. */
export function presentConversation(
  { description, createdAt }: Request,
  { replies, attachments }: Conversation,
  { path, language }: { path: string; language: Language },
) {
  const entry = (isOwn: boolean, text: string, at: Date, reply: Reply | null) => ({
    // Operators by their names; programs are the help desk.
    author: isOwn ? phrase(language, 'requests.you') : (reply?.authorName ?? phrase(language, 'requests.helpDesk')),
    isOwn,
    text,
    at: portalMoment(at, language),
    attachments: attachments
      .filter((attachment) => (attachment.reply?.id ?? null) === (reply?.id ?? null))
      .map(({ id, fileName, size }: Attachment) => ({
        href: `${path}/attachments/${id}`,
        fileName,
        size: fileSize(size, language),
      })),
  });
  return [
    entry(true, description, createdAt, null),
    ...replies.map((reply) => entry(reply.author === 'portal_user', reply.text, reply.createdAt, reply)),
  ];
}
