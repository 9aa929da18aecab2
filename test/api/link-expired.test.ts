import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Portal } from '../../db/entities/index.ts';
import { countPortalUsers } from '../../db/queries/count-portal-users.ts';
import { LINK_EXPIRIES } from '../../vocabulary/portal-users.ts';
import { submitPassword } from '../harness/confirm.ts';
import { askForJson, expireLink, invite } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test("a link is expired for the API, its filter, the console's counts and the link itself alike", async () => {
  const { api, slug } = await stage.openPortal();
  const [valid, expired, confirmed, deactivated] = await Promise.all(
    Array.from({ length: 4 }, () => invite(stage, api)),
  );
  await submitPassword(confirmed!.link);
  await api.post(`/users/${deactivated!.id}/deactivate`).expecting(200);
  for (const { id } of [expired, confirmed, deactivated] as { id: string }[]) await expireLink(stage, id);

  const people = Object.entries({ valid, expired, confirmed, deactivated });
  const saysApi = async () =>
    Promise.all(people.map(async ([name, person]) => [name, (await person!.read()).invitation.linkExpired]));
  expect(Object.fromEntries(await saysApi())).toEqual({
    valid: false,
    expired: true,
    confirmed: false,
    deactivated: false,
  });
  const inList = (await api.get('/users').expecting(200)).body.data as { id: string; invitation: object }[];
  for (const { id, invitation } of inList) {
    expect([id, invitation]).toMatchObject([id, { linkExpired: id === expired!.id }]);
  }

  const em = stage.db.database.em.fork();
  const portal = await em.findOneOrFail(Portal, { slug });
  for (const q of [undefined, 'Jane']) {
    const { link } = await countPortalUsers(em, portal.id, { q });
    expect(link).toEqual({ valid: 1, expired: 1 });
  }
  for (const link of LINK_EXPIRIES) {
    const { data } = (await api.get(`/users?link=${link}`).expecting(200)).body as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual([(link === 'valid' ? valid : expired)!.id]);
  }
  const codes = await Promise.all(people.map(async ([, person]) => (await askForJson(person!.link)).body.code));
  expect(codes).toEqual([undefined, 'link_expired', 'already_confirmed', 'deactivated']);
});
