import { PASSWORD, submitForm, submitPassword } from '../../harness/confirm.ts';
import { consoleClient } from '../../harness/console-client.ts';
import { signedInBrowser } from '../../harness/sign-in-as.ts';
import { type Changes, change, confirmUser, type Scene, sameCall, TYPED } from './change.ts';

async function addRequest(scene: Scene): Promise<string> {
  await confirmUser(scene);
  const fields = { portalUserId: scene.id, subject: 'Help', description: 'Now' };
  return (await scene.api.post('/requests', fields).expecting(201)).body.id;
}

async function browserOfUser(scene: Scene) {
  await confirmUser(scene);
  return (await signedInBrowser(scene.stage, scene.slug, scene.email)).client;
}

/** What portal users do, and what happens to their requests. */
export const CHANGES_OF_PORTAL_USERS: Changes = {
  'a confirmation': change({
    command: 'confirmByPassword',
    act: ({ link }) => submitPassword(link),
    leaves: ['portal_user_confirmed by portal_user'],
  }),
  'a confirmation by the address': change({
    command: 'confirmByAddress',
    settings: { hasOwnSite: true, afterConfirmingUrls: ['https://acme.example/'] },
    act: ({ link, email }) => submitForm(link, { email }),
    leaves: ['portal_user_confirmed by portal_user'],
  }),
  "a portal user's new password": change({
    command: 'changePortalUserPassword',
    prepare: browserOfUser,
    act: ({ slug }, browser) => browser.post(`/p/${slug}/account/password`, { currentPassword: PASSWORD, ...TYPED }),
    leaves: ['portal_user_password_changed by portal_user'],
  }),
  "a portal user's new password by a link": change({
    command: 'resetPortalUserPassword',
    prepare: async (scene) => {
      await confirmUser(scene);
      await consoleClient(scene.stage.url).post(`/p/${scene.slug}/forgotten-password`, { email: scene.email });
      const { text } = await scene.stage.sink.mailTo(scene.email, 2);
      return new URL(/^http\S+\/reset\/\S+$/m.exec(text!)![0]).pathname;
    },
    act: ({ stage }, path) => consoleClient(stage.url).post(path, TYPED),
    leaves: ['portal_user_password_changed by portal_user'],
  }),
  'a request': change({
    command: 'addRequest',
    prepare: async (scene) => {
      await confirmUser(scene);
      return sameCall();
    },
    act: ({ api, id }, headers) =>
      api.post('/requests', { portalUserId: id, subject: 'Help', description: 'Now' }, headers).expecting(201),
    leaves: ['request_added by the key'],
  }),
  'a reply that closes a request': change({
    command: 'addReply',
    prepare: async (scene) => ({ id: await addRequest(scene), headers: sameCall() }),
    act: ({ api }, { id, headers }) =>
      api.post(`/requests/${id}/replies`, { text: 'Done.', status: 'closed' }, headers).expecting(201),
    leaves: ['request_replied by the key', 'request_status_changed by the key'],
  }),
  'a reply with the status that the request has': change({
    command: 'addReply',
    prepare: async (scene) => ({ id: await addRequest(scene), headers: sameCall() }),
    act: ({ api }, { id, headers }) =>
      api.post(`/requests/${id}/replies`, { text: 'Soon.', status: 'open' }, headers).expecting(201),
    leaves: ['request_replied by the key'],
  }),
  "a request's status": change({
    command: 'changeRequestStatus',
    prepare: addRequest,
    act: ({ api }, id) => api.patch(`/requests/${id}`, { status: 'on_hold' }).expecting(200),
    leaves: ['request_status_changed by the key'],
  }),
  'a request that the portal user closes': change({
    command: 'changeRequestStatus',
    prepare: async (scene) => ({ id: await addRequest(scene), browser: await browserOfUser(scene) }),
    act: ({ slug }, { id, browser }) => browser.post(`/p/${slug}/requests/${id}/close`),
    leaves: ['request_status_changed by portal_user'],
  }),
};
