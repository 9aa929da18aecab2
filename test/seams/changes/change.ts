import { randomUUID } from 'node:crypto';
import type { EntityManager } from '../../../db/database.ts';
import { Portal } from '../../../db/entities/index.ts';
import { submitPassword } from '../../harness/confirm.ts';
import { eventually } from '../../harness/eventually.ts';
import { coolDown, invite } from '../../harness/invite.ts';
import { openConsole } from '../../harness/open-console.ts';
import type { Stage } from '../../harness/stage.ts';

/** A portal with an owner who is signed in, and a user whose first e-mail was sent an hour ago. */
export async function setScene(stage: Stage, settings: Record<string, unknown> = {}) {
  const em = (): EntityManager => stage.db.database.em.fork();
  const opened = await openConsole(stage, settings);
  const { id: portalId } = await em().findOneOrFail(Portal, { slug: opened.slug });
  const user = await invite(stage, opened.api);
  await coolDown(stage, user.id);
  return {
    ...opened,
    ...user,
    stage,
    em,
    portalId,
    ofPortal: `/v1/portals/${opened.slug}`,
    pages: `/console/${opened.slug}`,
    ofUser: `/console/${opened.slug}/users/${user.id}`,
    operatorId: opened.operator.id,
  };
}
export type Scene = Awaited<ReturnType<typeof setScene>>;

/** Something that is done twice, the second time without effect. */
export interface Change<Prepared = never> {
  /** The function of `commands/` that changes the state. */
  command: string;
  settings?: Record<string, unknown>;
  prepare?: (scene: Scene) => Promise<Prepared>;
  act: (scene: Scene, prepared: Prepared) => Promise<unknown>;
  /** The types of the events, oldest first, each with its actor. */
  leaves: string[];
}
export type Changes = Record<string, Change>;

/** Infers what `prepare` gives. */
export const change = <Prepared>(one: Change<Prepared>) => one as unknown as Change;

/** The events of a new link for the scene's user. */
export const newLink = (actor: string) => [`portal_user_re_invited by ${actor}`, 'invitation_sent by temporal'];

export async function deactivateUser({ api, id }: Scene): Promise<void> {
  await api.post(`/users/${id}/deactivate`).expecting(200);
}

export async function confirmUser({ link, row }: Scene): Promise<void> {
  await submitPassword(link);
  await eventually(async () => (await row()).confirmationStatus === 'confirmed', 'the confirmation');
}

/** A new password, as forms send it. */
export const TYPED = { password: 'nine quiet owls read slowly', passwordAgain: 'nine quiet owls read slowly' };

/** A call that is sent again with the same key is answered from memory. */
export const sameCall = () => ({ 'idempotency-key': randomUUID() });
