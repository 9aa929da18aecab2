import type { EntityManager } from '../../../db/database.ts';
import type { Attachment, Portal, Request } from '../../../db/entities/index.ts';
import { nameActors } from '../../../db/queries/name-actors.ts';
import { readConversation } from '../../../db/queries/read-conversation.ts';
import type { Actor } from '../../../workflows/vocabulary.ts';
import { fileSize } from '../../file-size.ts';
import { moment } from '../moment.ts';
import { requestsAddress } from './request-view.ts';

/** What was written to a request, its description first, each with who wrote it and the files that came with it. */
export async function presentConversation(em: EntityManager, portal: Portal, request: Request) {
  const { replies, attachments } = await readConversation(em, request.id);
  const names = await nameActors(em, portal.id, [...new Set(replies.map(({ author }) => author))]);
  const customer = request.portalUser.getEntity().contact.getEntity().name;
  const nameOf = (author: Actor, authorName: string | null | undefined) =>
    author === 'portal_user' ? customer : (authorName ?? names.get(author) ?? 'somebody who is gone');
  const filesOf = (replyId: string | null) =>
    attachments
      .filter(({ reply }) => (reply?.id ?? null) === replyId)
      .map((attachment) => presentFile(`${requestsAddress(portal)}/${request.id}`, attachment));
  return [
    { author: customer, at: moment(request.createdAt), text: request.description, files: filesOf(null) },
    ...replies.map(({ id, author, authorName, text, createdAt }) => ({
      author: nameOf(author, authorName),
      isOurs: author !== 'portal_user',
      at: moment(createdAt),
      text,
      files: filesOf(id),
    })),
  ];
}

function presentFile(address: string, { id, fileName, size }: Attachment) {
  return { name: fileName, href: `${address}/attachments/${id}`, size: fileSize(size, 'en') };
}
