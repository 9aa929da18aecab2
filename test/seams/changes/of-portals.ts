import { changePortalLogo } from '../../../commands/portals/change-portal.ts';
import { inTransaction } from '../../../commands/transaction.ts';
import { PNG } from '../../harness/pictures.ts';
import { type Changes, change, sameCall } from './change.ts';

export const CHANGES_OF_PORTALS: Changes = {
  'a setting': change({
    command: 'changePortal',
    act: ({ stage, ofPortal }) =>
      stage.admin.patch(ofPortal, { senderName: 'Acme', reInviteDailyCap: 5 }).expecting(200),
    leaves: ['portal_changed by administrator'],
  }),
  'a logo': change({
    command: 'changePortalLogo',
    act: ({ stage, portalId, operatorId }) =>
      inTransaction(stage.services.database, (unit) => changePortalLogo(unit, portalId, PNG, `operator/${operatorId}`)),
    leaves: ['portal_changed by the operator'],
  }),
  'a logo that is removed': change({
    command: 'changePortalLogo',
    prepare: ({ stage, portalId, operatorId }) =>
      inTransaction(stage.services.database, (unit) => changePortalLogo(unit, portalId, PNG, `operator/${operatorId}`)),
    act: ({ pages, client }) => client.post(`${pages}/settings/logo/remove`),
    leaves: ['portal_changed by the operator'],
  }),
  'no logo where there was none': change({
    command: 'changePortalLogo',
    act: ({ pages, client }) => client.post(`${pages}/settings/logo/remove`),
    leaves: [],
  }),
  'an API key': change({
    command: 'createApiKey',
    prepare: async () => sameCall(),
    act: ({ stage, ofPortal }, headers) =>
      stage.admin.post(`${ofPortal}/api-keys`, { name: 'new' }, headers).expecting(201),
    leaves: ['api_key_created by administrator'],
  }),
  'a revoked API key': change({
    command: 'revokeApiKey',
    prepare: async ({ stage, ofPortal }) =>
      (await stage.admin.post(`${ofPortal}/api-keys`, { name: 'new' }).expecting(201)).body.id as string,
    act: ({ stage, ofPortal }, id) => stage.admin.delete(`${ofPortal}/api-keys/${id}`),
    leaves: ['api_key_revoked by administrator'],
  }),
};
