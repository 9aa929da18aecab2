import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { ApiClient } from '../harness/api-client.ts';
import { coolDown, expectProblem, invite, newAddress } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ api } = await stage.openPortal());
});
afterAll(() => stage.close());

test('a personal note stands in the first e-mail and in those after it', async () => {
  const note = 'Dear <Jane>,\r\n\r\nsee you soon! 🎉\rOlga\u2028';
  const person = await invite(stage, api, { note });
  const kept = 'Dear <Jane>,\n\nsee you soon! 🎉\nOlga';
  expect(await person.read()).toMatchObject({ note: kept });
  await coolDown(stage, person.id);
  await api.post(`/users/${person.id}/re-invite`).expecting(202);
  await person.linkOf(2);
  for (const n of [1, 2]) {
    const mail = await stage.sink.mailTo(person.email, n);
    expect(mail.text).toContain('> Dear <Jane>,\n> \n> see you soon! 🎉\n> Olga\n');
    expect(mail.html).toContain('Dear &lt;Jane&gt;,<br><br>see you soon! 🎉<br>Olga</blockquote>');
  }
});

test.each([null, '', ' \n \t '])('with the note %j there is none', async (note) => {
  const person = await invite(stage, api, { note });
  expect(await person.read()).toMatchObject({ note: null });
  expect((await stage.sink.mailTo(person.email)).text).not.toContain('writes:');
});

test.each([
  ['2001 characters', 'x'.repeat(2_001)],
  ['NUL', 'a\0b'],
  ['an escape character', 'a\u001b[31mb'],
  ['a tab', 'a\tb'],
  ['a C1 control character', 'a\u0085b'],
  ['half a surrogate pair', 'a\ud83cb'],
  ['another type', 1],
])('a note with %s is refused', async (_what, note) => {
  const answer = await api.post('/users', { email: newAddress(), name: 'Jane', note });
  expectProblem(answer, 400, 'invalid_request', ['note']);
});

test('2000 characters are taken, line ends counting as one each', async () => {
  const { read } = await invite(stage, api, { note: 'x\r\n'.repeat(1_000) });
  expect((await read()).note).toBe('x\n'.repeat(1_000).trim());
  await invite(stage, api, { note: 'é'.repeat(2_000) });
});

test('a note never enters Temporal', async () => {
  const { id } = await invite(stage, api, { note: 'between you and me' });
  const handle = stage.worker.client.workflow.getHandle(`invitation/${id}`);
  const history = historyToJSON(await handle.fetchHistory());
  const payloads = [...history.matchAll(/"data":\s*"([A-Za-z0-9+/=]+)"/g)].map(([, data]) =>
    Buffer.from(data!, 'base64').toString(),
  );
  expect(history + payloads.join()).not.toContain('between you');
});
