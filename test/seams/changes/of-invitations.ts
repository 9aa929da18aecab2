import { submitForm } from '../../harness/confirm.ts';
import { expireLink, newAddress } from '../../harness/invite.ts';
import { type Changes, change, confirmUser, deactivateUser, newLink } from './change.ts';

export const CHANGES_OF_INVITATIONS: Changes = {
  'a contact': change({
    command: 'addContact',
    prepare: async () => newAddress(),
    act: ({ api }, email) => api.post('/contacts', { email, name: 'Jane' }),
    leaves: ['contact_added by the key'],
  }),
  'a portal user': change({
    command: 'addPortalUser',
    prepare: async () => newAddress(),
    act: ({ api }, email) => api.post('/users', { email, name: 'Jane' }),
    leaves: ['portal_user_added by the key', 'invitation_sent by temporal'],
  }),
  'a portal user who is a contact by another name': change({
    command: 'addPortalUser',
    prepare: async ({ api }) => {
      const email = newAddress();
      await api.post('/contacts', { email, name: 'J. Doe' }).expecting(201);
      return email;
    },
    act: ({ api }, email) => api.post('/users', { email, name: 'Jane Doe' }),
    leaves: ['portal_user_added by the key', 'portal_user_changed by the key', 'invitation_sent by temporal'],
  }),
  'a corrected name': change({
    command: 'changePortalUser',
    act: ({ api, id }) => api.patch(`/users/${id}`, { name: 'Janet' }).expecting(200),
    leaves: ['portal_user_changed by the key'],
  }),
  'a name that is corrected in the console': change({
    command: 'changePortalUser',
    act: ({ client, ofUser, email }) =>
      client.post(`${ofUser}/correct`, { name: 'Janet', email, shownName: 'Jane Doe', shownEmail: email }),
    leaves: ['portal_user_changed by the operator'],
  }),
  'a corrected address': change({
    command: 'changePortalUser',
    prepare: async () => newAddress(),
    act: ({ api, id }, email) => api.patch(`/users/${id}`, { email }).expecting(200),
    leaves: ['portal_user_changed by the key', ...newLink('the key')],
  }),
  'another spelling of the address': change({
    command: 'changePortalUser',
    act: ({ api, id, email }) => api.patch(`/users/${id}`, { email: email.toUpperCase() }).expecting(200),
    leaves: ['portal_user_changed by the key'],
  }),
  'a correction to what is there': change({
    command: 'changePortalUser',
    act: ({ api, id, email }) => api.patch(`/users/${id}`, { name: 'Jane Doe', email }).expecting(200),
    leaves: [],
  }),
  'a re-invite': change({
    command: 'reInvitePortalUser',
    act: ({ api, id }) => api.post(`/users/${id}/re-invite`),
    leaves: newLink('the key'),
  }),
  'a re-invite in the console': change({
    command: 'reInvitePortalUser',
    act: ({ client, ofUser }) => client.post(`${ofUser}/re-invite`),
    leaves: newLink('the operator'),
  }),
  'a re-invite of several': change({
    command: 'reInvitePortalUsers',
    act: ({ api, id }) => api.post('/users/re-invite', { ids: [id] }).expecting(200),
    leaves: newLink('the key'),
  }),
  'a re-invite of a deactivated user': change({
    command: 'reInvitePortalUser',
    prepare: deactivateUser,
    act: ({ api, id }) => api.post(`/users/${id}/re-invite`).expecting(409),
    leaves: [],
  }),
  'a new link that the invitee asks for': change({
    command: 'askForNewLink',
    prepare: ({ stage, id }) => expireLink(stage, id),
    act: ({ link, email }) => submitForm(`${link}/new-link`, { email }),
    leaves: newLink('portal_user'),
  }),
  'a deactivation': change({
    command: 'deactivatePortalUser',
    act: ({ api, id }) => api.post(`/users/${id}/deactivate`).expecting(200),
    leaves: ['portal_user_deactivated by the key'],
  }),
  'a deactivation in the console': change({
    command: 'deactivatePortalUser',
    act: ({ client, ofUser }) => client.post(`${ofUser}/deactivate`),
    leaves: ['portal_user_deactivated by the operator'],
  }),
  'a deactivation of a confirmed user': change({
    command: 'deactivatePortalUser',
    prepare: confirmUser,
    act: ({ api, id }) => api.post(`/users/${id}/deactivate`).expecting(200),
    leaves: ['portal_user_deactivated by the key'],
  }),
  'a deactivation of several': change({
    command: 'deactivatePortalUser',
    act: ({ api, id }) => api.post('/users/deactivate', { ids: [id] }).expecting(200),
    leaves: ['portal_user_deactivated by the key'],
  }),
  'a reactivation': change({
    command: 'reactivatePortalUser',
    prepare: deactivateUser,
    act: ({ api, id }) => api.post(`/users/${id}/reactivate`),
    leaves: ['portal_user_reactivated by the key', ...newLink('the key')],
  }),
  'a reactivation in the console': change({
    command: 'reactivatePortalUser',
    prepare: deactivateUser,
    act: ({ client, ofUser }) => client.post(`${ofUser}/reactivate`),
    leaves: ['portal_user_reactivated by the operator', ...newLink('the operator')],
  }),
  'a reactivation of a user who had confirmed': change({
    command: 'reactivatePortalUser',
    prepare: async (scene) => {
      await confirmUser(scene);
      await deactivateUser(scene);
    },
    act: ({ api, id }) => api.post(`/users/${id}/reactivate`),
    leaves: ['portal_user_reactivated by the key'],
  }),
  'a reactivation of a user who is Not Confirmed': change({
    command: 'reactivatePortalUser',
    act: ({ api, id }) => api.post(`/users/${id}/reactivate`).expecting(409),
    leaves: [],
  }),
};
