import type { EntityManager } from '../../../db/database.ts';
import { type Attachment, Operator, type Reply, type Request } from '../../../db/entities/index.ts';
import type { Language } from '../../../db/languages.ts';
import type { Conversation } from '../../../db/queries/read-conversation.ts';
import type { Actor } from '../../../workflows/vocabulary.ts';
import { fileSize } from '../../file-size.ts';
import { portalMoment } from '../moment.ts';
import { phrase } from '../pages.ts';

const OPERATOR = 'operator/';

/** A request's description and replies, each with who wrote it, when, and its files. */
export async function presentConversation(
  em: EntityManager,
  { description, createdAt }: Request,
  { replies, attachments }: Conversation,
  { path, language }: { path: string; language: Language },
) {
  const nameOf = await namesOf(em, replies, language);
  const entry = (author: Actor, text: string, at: Date, reply: Reply | null) => ({
    author: nameOf(author),
    isOwn: author === 'portal_user',
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
    entry('portal_user', description, createdAt, null),
    ...replies.map((reply) => entry(reply.author, reply.text, reply.createdAt, reply)),
  ];
}

/** Operators by their names; programs and who has left are the help desk. */
async function namesOf(em: EntityManager, replies: Reply[], language: Language): Promise<(author: Actor) => string> {
  const ids = replies.flatMap(({ author }) => (author.startsWith(OPERATOR) ? [author.slice(OPERATOR.length)] : []));
  const operators = ids.length === 0 ? [] : await em.find(Operator, { id: { $in: ids } });
  const names = new Map(operators.map(({ id, name }) => [`${OPERATOR}${id}`, name]));
  return (author) => {
    if (author === 'portal_user') return phrase(language, 'requests.you');
    return names.get(author) ?? phrase(language, 'requests.helpDesk');
  };
}
