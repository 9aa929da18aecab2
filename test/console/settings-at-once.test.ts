import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { errorsIn, formIn, openSettings } from '../harness/open-settings.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test('two owners who save at once do not undo each other’s settings', async () => {
  const opened = await openSettings(stage, { replyTo: 'old@example.com' });
  const other = await opened.signIn('owner');
  const emails = `${opened.path}/emails`;
  const [mine, theirs] = [
    formIn((await opened.client.get(emails)).html),
    formIn((await other.client.get(emails)).html),
  ];
  const answers = await Promise.all([
    opened.client.post(emails, { ...mine, senderName: 'Mine' }),
    other.client.post(emails, { ...theirs, replyTo: 'theirs@example.com' }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([303, 303]);
  expect(await opened.portal()).toMatchObject({ senderName: 'Mine', replyTo: 'theirs@example.com' });
});

test('a setting that somebody else has changed meanwhile is not replaced before this was said', async () => {
  const opened = await openSettings(stage);
  const page = formIn((await opened.client.get(opened.path)).html);
  await opened.api.patch('', { name: 'Theirs', color: '#ff0000' }).expecting(200);

  const refused = await opened.client.post(opened.path, { ...page, name: 'Mine' });
  expect([refused.status, errorsIn(refused.html)]).toEqual([
    422,
    { name: 'Was changed by somebody else meanwhile; save again to replace that' },
  ]);
  expect((await opened.portal()).name).toBe('Theirs');
  const again = formIn(refused.html);
  expect(again).toMatchObject({ name: 'Mine', color: '#ff0000' });

  expect((await opened.client.post(opened.path, again)).status).toBe(303);
  expect(await opened.portal()).toMatchObject({ name: 'Mine', color: '#ff0000' });
});

test('a form that was refused for something else does not undo what was changed meanwhile', async () => {
  const opened = await openSettings(stage);
  const page = formIn((await opened.client.get(opened.path)).html);
  await opened.api.patch('', { name: 'Theirs', color: '#ff0000' }).expecting(200);
  const refused = await opened.client.post(opened.path, { ...page, name: 'Mine', afterConfirmingUrls: 'nowhere' });
  expect(Object.keys(errorsIn(refused.html))).toEqual(['afterConfirmingUrls']);
  const corrected = await opened.client.post(opened.path, { ...formIn(refused.html), afterConfirmingUrls: '' });
  expect(errorsIn(corrected.html)).toEqual({ name: expect.stringContaining('somebody else') });
  expect(await opened.portal()).toMatchObject({ name: 'Theirs', color: '#ff0000' });
});

test.each(['', '{', '[]', 'null', '{"name":1}', '{"__proto__":{"name":"x"}}'])(
  'a form that does not say what it was shown with (%j) replaces nothing unasked',
  async (shown) => {
    const opened = await openSettings(stage);
    const page = formIn((await opened.client.get(opened.path)).html);
    const answer = await opened.client.post(opened.path, { ...page, shown, name: 'Mine' });
    expect([answer.status, Object.keys(errorsIn(answer.html))]).toEqual([422, ['name']]);
    expect((await opened.client.post(opened.path, formIn(answer.html))).status).toBe(303);
    expect((await opened.portal()).name).toBe('Mine');
  },
);
