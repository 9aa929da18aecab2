import type { Readable } from 'node:stream';
import type { EntityManager } from '../database.ts';
import type { Attachment } from '../entities/index.ts';

/** Bytes that were put, and are kept once the transaction that takes them is committed. */
export interface PutContent {
  keptIn: Attachment['keptIn'];
  /**
   * Makes the bytes those of the attachment that the same transaction adds. The first thing in it: it may take long, and locks
   * that others wait for come after it. Safe to repeat in another transaction when the first was rolled back.
   *
   * @throws AttachmentStoreDown where the bytes were given up meanwhile
   */
  take(em: EntityManager): Promise<void>;
}

/** Where the bytes of attachments are. Rows of `attachments` say whose they are, and where. */
export interface AttachmentStore {
  /**
   * Brings an attachment's bytes to where they will be kept. Not to be called within a transaction, as it may take seconds.
   * Bytes that no transaction takes are erased by the housekeeping.
   *
   * @throws AttachmentStoreDown
   */
  put(attachmentId: string, content: Buffer): Promise<PutContent>;
  /**
   * An attachment's bytes, read no faster than they are taken. Destroying the stream ends the reading.
   *
   * @throws AttachmentStoreDown
   */
  read(attachment: Pick<Attachment, 'id' | 'keptIn'>): Promise<Readable>;
  /** Erases bytes outside of Postgres that belong to no attachment (any more). Safe to repeat. @throws AttachmentStoreDown */
  erase(attachmentId: string): Promise<void>;
}

/** Storage outside of Postgres does not answer, or refuses. It may do so later. */
export class AttachmentStoreDown extends Error {
  override name = 'AttachmentStoreDown';
  /** What the storage calls it: `TimeoutError`, `AccessDenied`, `ECONNREFUSED`. */
  readonly code: string;

  constructor(code: string) {
    super(`The storage of attachments does not answer, or refuses: ${code}`);
    this.code = code;
  }
}
