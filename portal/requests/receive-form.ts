import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { z } from 'zod';
import { requireConfirmed } from '../../commands/portal-users/require-status.ts';
import {
  lockUploads,
  type PutFile,
  putFiles,
  requireQuota,
  takeFiles,
} from '../../commands/requests/add-attachments.ts';
import type { NewAttachment } from '../../commands/requests/check-attachments.ts';
import type { UnitOfWork } from '../../commands/transaction.ts';
import type { EntityManager } from '../../db/database.ts';
import { type Portal, Session } from '../../db/entities/index.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { typedFields } from '../../web/form-fields.ts';
import { recallBody } from '../../web/idempotency.ts';
import type { Services } from '../../web/services.ts';
import { submitOnce } from '../../web/submit-once.ts';
import { oneAtATime } from '../../web/uploads/one-at-a-time.ts';
import { readUpload } from '../../web/uploads/read-upload.ts';
import type { PortalUserCall } from '../require-signed-in.ts';
import { phrase } from '../show-page.ts';
import { attachmentErrors, type FormErrors, failureErrors, textErrors } from './form-errors.ts';

/** A form that was not carried out, as it is shown again. */
export interface RefusedForm {
  status: number;
  typed: Record<string, string>;
  errors: FormErrors;
}

interface Form<Schema extends z.ZodObject, Answer> {
  schema: Schema;
  /** Names the form and what it is about: two of different names are not the same. */
  name: string[];
  carryOut(unit: UnitOfWork, input: z.output<Schema>, files: PutFile[]): Promise<Answer>;
}

/**
 * Reads a portal user's form with files and carries it out, once per form key, in one transaction. Where anything of it is
 * refused, nothing of it is kept. One form of a person at a time, since their files are in memory.
 */
export async function receiveForm<Schema extends z.ZodObject, Answer>(
  services: Services,
  call: PortalUserCall,
  form: Form<Schema, Answer>,
): Promise<{ answer: Answer } | { refused: RefusedForm }> {
  return oneAtATime(call.portalUser.id, () => receive(services, call, form));
}

async function receive<Schema extends z.ZodObject, Answer>(
  services: Services,
  { request, response, portal, portalUser, language }: PortalUserCall,
  { schema, name, carryOut }: Form<Schema, Answer>,
): Promise<{ answer: Answer } | { refused: RefusedForm }> {
  const { uploadQuota } = services;
  const { attachments, refused, failure } = await readUpload(services, request, response).catch(stopped);
  const typed = typedFields(request.body, Object.keys(schema.shape));
  const { formKey, writer } = typedFields(request.body, ['formKey', 'writer']);
  if (writer !== '' && writer !== portalUser.id) {
    // In another tab somebody else has signed in: what the first person typed is neither theirs to send nor to read.
    return { refused: { status: 409, typed: {}, errors: { form: phrase(language, 'requests.refused.otherPerson') } } };
  }
  if (failure !== undefined) return failed(failure);
  const read = schema.safeParse(typed);
  if (!read.success || refused !== undefined) {
    const errors = { ...textErrors(language, read.error), ...attachmentErrors(language, refused, attachments) };
    return { refused: { status: 422, typed, errors } };
  }
  const payload = [...name, read.data, attachments.map(fingerprint)];
  const scope = `${portal.id}/portal_user/${portalUser.id}`;
  const bytes = attachments.reduce((sum, { content }) => sum + content.length, 0);
  try {
    const isRepeated = (await recallBody(services, scope, formKey)) !== undefined;
    if (!isRepeated) await requireQuota(services.database.em.fork(), portalUser.id, bytes, uploadQuota);
    const files = await putFiles(services, attachments);
    const answer = await submitOnce(services, scope, formKey, payload, async (unit) => {
      await takeFiles(unit, services, files);
      await lockUploads(unit.em, portalUser.id);
      await requireQuota(unit.em, portalUser.id, bytes, uploadQuota);
      await requireStillSignedIn(unit.em, request, portal, portalUser.id);
      return carryOut(unit, read.data, files);
    });
    return { answer };
  } catch (error) {
    return failed(error);
  }

  function failed(error: unknown): { refused: RefusedForm } {
    const { status, errors, retryAfter } = failureErrors(language, error);
    if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
    return { refused: { status, typed, errors: { ...attachmentErrors(language, undefined, attachments), ...errors } } };
  }
}

/** Of an upload that stopped half-way the text is shown again: it comes before the files. */
function stopped(failure: unknown): { attachments: NewAttachment[]; refused?: undefined; failure: unknown } {
  return { attachments: [], failure };
}

function fingerprint({ fileName, content }: NewAttachment): string[] {
  return [fileName, createHash('sha256').update(content).digest('base64url')];
}

/**
 * An upload takes its time: whoever was deactivated or signed out meanwhile adds nothing any more. Nor can they be, from here to
 * the end of the transaction.
 *
 * @throws Refusal `unauthorized`
 */
async function requireStillSignedIn(
  em: EntityManager,
  { session }: Request,
  portal: Portal,
  portalUserId: string,
): Promise<void> {
  const isConfirmed = await requireConfirmed(em, portal, portalUserId).then(
    () => true,
    (error) => {
      if (error instanceof Refusal) return false;
      throw error;
    },
  );
  const sessionIsThere = session.row && (await em.count(Session, { secretHash: session.row.secretHash })) > 0;
  if (!isConfirmed || !sessionIsThere) throw new Refusal('unauthorized');
}
