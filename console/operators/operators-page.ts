import { type Portal, PortalOperator } from '../../db/entities/index.ts';
import { ACCEPTED } from '../../db/entities/portal-operator.ts';
import { type ListedOperator, listOperators } from '../../db/queries/operators.ts';
import { MAX_ROWS } from '../../schemas/contact.ts';
import type { Delivery } from '../../vocabulary/statuses.ts';
import { sealedPage } from '../../web/sealed-cursors.ts';
import type { Services } from '../../web/services.ts';
import { newFormKey } from '../../web/submit-once.ts';
import { moment } from '../moment.ts';
import type { FormErrors } from '../read-form.ts';
import type { PortalCall } from '../require-signed-in.ts';
import { showConsolePage } from '../show-page.ts';

interface RefusedForm {
  status: number;
  /** What was typed into the form for a new operator, and what is wrong with it. */
  typed?: { email: string; name: string; role: string };
  errors?: FormErrors;
  /** Why a change of somebody in the list was not made. */
  refused?: string;
}

/** What became of the e-mail with the link, in the words of the list. */
const DELIVERY_SENTENCES: Record<Delivery, string> = {
  queued: 'E-mail queued',
  sent: 'E-mail sent',
  deferred: 'The mail server has not accepted the e-mail yet',
  bounced: 'The mail server refused the e-mail',
  suppressed: 'E-mail not sent',
};

export function operatorsAddress({ slug }: Portal): string {
  return `/console/${slug}/settings/operators`;
}

/** Everybody who works for the portal or is invited to, and the form for one more; again with what was refused. */
export async function showOperators(services: Services, call: PortalCall, refused?: RefusedForm): Promise<void> {
  const { request, response, portal, operator } = call;
  const em = services.database.em.fork();
  const owners = await em.count(PortalOperator, { portal: portal.id, role: 'owner', ...ACCEPTED });
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
      rows: rows.map((row) => operatorRow(row, operator.id, owners)),
      nextCursor,
      formKey: newFormKey(),
      refused: refused?.refused,
      errors: refused?.errors,
      typed: refused?.typed,
      wantsOwner: refused?.typed?.role === 'owner',
    },
  });
}

function operatorRow(listed: ListedOperator, ownId: string, owners: number) {
  const { membership, email: newest } = listed;
  const { id, operator, name, email, role, acceptedAt, linkExpiresAt, createdAt } = membership;
  const isOwner = role === 'owner';
  return {
    id,
    name,
    email,
    role: isOwner ? 'Owner' : 'Staff',
    otherRole: isOwner ? 'staff' : 'owner',
    makeOther: isOwner ? 'Make staff' : 'Make owner',
    isSelf: operator.id === ownId,
    isOnlyOwner: isOwner && acceptedAt && owners === 1,
    since: moment(createdAt),
    pending: acceptedAt
      ? undefined
      : {
          isExpired: membership.isLinkExpired === true,
          expires: moment(linkExpiresAt),
          delivery: DELIVERY_SENTENCES[(newest?.delivery ?? 'queued') as Delivery],
          reply: newest?.reply ?? null,
        },
  };
}
