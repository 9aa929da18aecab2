import { Event, PortalOperator } from '../../db/entities/index.ts';
import { insertOperator } from './rows.ts';
import type { Stage } from './stage.ts';

let people = 0;
/** A new operator's details, as they are sent to the API. */
export function somebody(details: Record<string, unknown> = {}) {
  people += 1;
  return { email: `staff.${people}@example.com`, name: `Sam Staff ${people}`, ...details };
}

/** A new portal, and what tests do with its operators. */
export async function openOperators(stage: Stage) {
  const em = () => stage.db.database.em.fork();
  const { slug, key } = await stage.openPortal();
  const path = `/v1/portals/${slug}/operators`;
  return {
    slug,
    key,
    path,
    add: (details: Record<string, unknown> = {}) => stage.admin.post(path, somebody(details)),
    insert: (role: 'owner' | 'staff' = 'owner') => insertOperator(stage.db.database, slug, role),
    roles: async () => {
      const rows = await em().find(PortalOperator, { portal: { slug } }, { orderBy: { createdAt: 'asc' } });
      return rows.map(({ role }) => role);
    },
    events: async () => {
      const rows = await em().find(Event, { portal: { slug } }, { orderBy: { id: 'asc' } });
      return rows
        .filter(({ type }) => type.startsWith('operator_'))
        .map(({ type, actor, data }) => ({ type, actor, data }));
    },
  };
}
