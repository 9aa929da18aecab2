import { type Portal, PortalOperator } from '../../../db/entities/index.ts';
import { ACCEPTED } from '../../../db/entities/portal-operator.ts';
import { isLinkExpired } from '../../../db/is-link-expired.ts';
import { type ListedOperator, listOperators } from '../../../db/queries/list-operators.ts';
import type { Delivery } from '../../../workflows/vocabulary.ts';
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

/** What became of the e-mail with the link, in the words of the list. */
const DELIVERY_SENTENCES: Record<Delivery, string> = {
  queued: 'E-mail queued',
  sent: 'E-mail sent',
  deferred: 'The mail server has not accepted the e-mail yet',
  bounced: 'The mail server refused the e-mail',
  suppressed: 'E-mail not sent',
};

export function listPath({ slug }: Portal): string {
  return `/console/${slug}/settings/operators`;
}

/** Everybody who works for the portal or is invited to, and the form for one more; again with what was refused. */
export async function showOperators(services: Services, call: PortalCall, refused?: Refused): Promise<void> {
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

function presentRow(listed: ListedOperator, ownId: string, owners: number) {
  const { membership, email: newest } = listed;
  const { id, operator, name, email, role, acceptedAt, linkExpiresAt, createdAt } = membership;
  const isOwner = role === 'owner';
  const isExpired = isLinkExpired(membership);
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
          isExpired,
          expires: moment(linkExpiresAt),
          delivery: DELIVERY_SENTENCES[(newest?.delivery ?? 'queued') as Delivery],
          reply: newest?.reply ?? null,
        },
  };
}
