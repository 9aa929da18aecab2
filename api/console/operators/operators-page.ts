import { type Portal, PortalOperator } from '../../../db/entities/index.ts';
import { listOperators } from '../../../db/queries/list-operators.ts';
import type { AddedOperator } from '../../commands/add-operator.ts';
import { MAX_ROWS } from '../../schemas/page.ts';
import { sealedPage } from '../../sealed-page.ts';
import type { Services } from '../../services.ts';
import { newFormKey } from '../answer-once.ts';
import { moment } from '../moment.ts';
import { showConsolePage } from '../page.ts';
import type { FormErrors } from '../read-form.ts';
import type { PortalCall } from '../signed-in.ts';

interface Refused {
  status: number;
  /** What was typed into the form for a new operator, and what is wrong with it. */
  typed?: { email: string; name: string; role: string };
  errors?: FormErrors;
  /** Why a change of somebody in the list was not made. */
  refused?: string;
}

export function listPath({ slug }: Portal): string {
  return `/console/${slug}/settings/operators`;
}

/** Everybody who works for the portal, and the form for one more; again with what was refused. */
export async function showOperators(services: Services, call: PortalCall, refused?: Refused): Promise<void> {
  const { request, response, portal, operator } = call;
  const em = services.database.em.fork();
  const owners = await em.count(PortalOperator, { portal: portal.id, role: 'owner' });
  const cursor = typeof request.query.cursor === 'string' ? request.query.cursor : undefined;
  const { rows, nextCursor } = await sealedPage(
    services,
    `${portal.id}/operators`,
    { limit: MAX_ROWS, cursor },
    (page) => listOperators(em, portal.id, page),
  );
  showConsolePage(request, response, {
    view: 'operators/operators',
    title: 'Operators',
    section: 'settings',
    status: refused?.status ?? 200,
    context: {
      rows: rows.map((row) => presentRow(row, operator.id, owners)),
      nextCursor,
      formKey: newFormKey(),
      refused: refused?.refused,
      errors: refused?.errors,
      typed: refused?.typed,
      wantsOwner: refused?.typed?.role === 'owner',
    },
  });
}

/** The only page that ever shows the password: it is kept nowhere, so this page cannot be asked for. */
export function showAdded(
  { publicUrl }: Services,
  { request, response }: PortalCall,
  { membership, initialPassword }: AddedOperator,
): void {
  const { name, email } = membership.operator.getEntity();
  showConsolePage(request, response, {
    view: 'operators/added',
    title: `${name} was added`,
    section: 'settings',
    context: { name, email, initialPassword, address: `${publicUrl}/console` },
  });
}

function presentRow({ operator, role, createdAt }: PortalOperator, ownId: string, owners: number) {
  const { id, name, email } = operator.getEntity();
  const isOwner = role === 'owner';
  return {
    id,
    name,
    email,
    role: isOwner ? 'Owner' : 'Staff',
    otherRole: isOwner ? 'staff' : 'owner',
    makeOther: isOwner ? 'Make staff' : 'Make owner',
    isSelf: id === ownId,
    isOnlyOwner: isOwner && owners === 1,
    since: moment(createdAt),
  };
}
