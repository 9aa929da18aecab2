import type { Contact, Portal, PortalUser } from '../../../db/entities/index.ts';
import { moment } from '../moment.ts';
import { statusLabel } from '../users/names.ts';
import { contactsAddress } from './contact-view.ts';

/** A contact as pages print it. @param user the portal user it has become */
export function presentContact({ id, name, email, account, createdAt }: Contact, portal: Portal, user?: PortalUser) {
  return {
    id,
    href: `${contactsAddress(portal)}/${id}`,
    name,
    email,
    account,
    added: moment(createdAt),
    user: user && {
      href: `/console/${portal.slug}/users/${user.id}`,
      status: statusLabel(user.confirmationStatus),
    },
  };
}
