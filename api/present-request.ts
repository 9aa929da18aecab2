import type { Attachment, Portal, Reply, Request } from '../db/entities/index.ts';
import type { Conversation } from '../db/queries/read-conversation.ts';
import type { AttachmentAnswer, ReplyAnswer, RequestAnswer, WholeRequestAnswer } from './schemas/request.ts';

/** How requests are shown to callers of the API. */
export function presentRequest(request: Request, { slug }: Portal): RequestAnswer {
  const { id, portalUser, number, subject, description, status, createdAt, lastActivityAt } = request;
  return {
    id,
    portal: slug,
    portalUserId: portalUser.id,
    number,
    subject,
    description,
    status,
    createdAt: createdAt.toISOString(),
    lastActivityAt: lastActivityAt.toISOString(),
  };
}

export function presentWholeRequest(
  request: Request,
  portal: Portal,
  { replies, attachments }: Conversation,
): WholeRequestAnswer {
  const of = (replyId: string | null) => attachments.filter(({ reply }) => (reply?.id ?? null) === replyId);
  return {
    ...presentRequest(request, portal),
    attachments: of(null).map(presentAttachment),
    replies: replies.map((reply) => presentReply(reply, of(reply.id))),
  };
}

export function presentReply({ id, author, text, createdAt }: Reply, attachments: Attachment[]): ReplyAnswer {
  return { id, author, text, attachments: attachments.map(presentAttachment), createdAt: createdAt.toISOString() };
}

function presentAttachment({ id, fileName, mediaType, size, createdAt }: Attachment): AttachmentAnswer {
  return { id, fileName, mediaType, size, createdAt: createdAt.toISOString() };
}
