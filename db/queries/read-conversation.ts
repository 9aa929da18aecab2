import type { EntityManager } from '../database.ts';
import { Attachment, Reply } from '../entities/index.ts';

/** What was written to a request after its description, and the files that came with it and with each reply, oldest first. */
export interface Conversation {
  replies: Reply[];
  attachments: Attachment[];
}

export async function readConversation(em: EntityManager, requestId: string): Promise<Conversation> {
  const of = { request: requestId };
  const replies = await em.find(Reply, of, { orderBy: { createdAt: 'asc', id: 'asc' } });
  const attachments = await em.find(Attachment, of, { orderBy: { id: 'asc' } });
  return { replies, attachments };
}
