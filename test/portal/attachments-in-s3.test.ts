import type { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { openAttachmentStore } from '../../db/attachments/open-attachment-store.ts';
import { Attachment, UnownedObject } from '../../db/entities/index.ts';
import { eventually } from '../harness/eventually.ts';
import { EXECUTABLE } from '../harness/files.ts';
import { keptRows } from '../harness/kept-rows.ts';
import { addRequestAs, type Opened, openCustomerPortal, type SentFile, sendForm } from '../harness/open-portal.ts';
import { errorsIn } from '../harness/open-settings.ts';
import { type S3Server, startS3Server } from '../harness/s3-server.ts';
import { serve } from '../harness/serve.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const TEN_MB = 10_000_000;

let s3: S3Server;
let stage: Stage;
let opened: Opened;
beforeAll(async () => {
  s3 = await startS3Server();
  stage = await setStage({ s3: s3.settings });
  opened = await openCustomerPortal(stage);
});
afterEach(async () => {
  await s3.stop();
  await s3.start();
});
afterAll(async () => {
  await stage.close();
  await s3.close();
});

const em = () => stage.db.database.em.fork();
const cookie = () => [...opened.client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
const text = (name: string): SentFile => ({ name, content: `the content of ${name}` });
const typed = { subject: 'Help', description: 'Please' };

async function download(requestId: string, attachmentId: string, url = stage.url) {
  const address = `${url}${opened.path}/requests/${requestId}/attachments/${attachmentId}`;
  const answer = await fetch(address, { headers: { cookie: cookie() }, redirect: 'manual' });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}

const attachmentsOf = (request: string) => em().find(Attachment, { request }, { orderBy: { id: 'asc' } });

/** The objects that files which are sent add to the bucket. */
async function addedBy(send: () => Promise<unknown>): Promise<string[]> {
  const before = s3.keys();
  await send();
  return s3.keys().filter((key) => !before.includes(key));
}

test('files go to the bucket under their ids only, none of their bytes to Postgres, and come back whole', async () => {
  const files = [1, 2, 3].map((n) => ({ name: `${n}.txt`, content: Buffer.alloc(TEN_MB, `${n}\n`) }));
  let id = '';
  const keys = await addedBy(async () => {
    id = await addRequestAs(opened, {}, files);
  });
  const attachments = await attachmentsOf(id);
  expect(keys.toSorted()).toEqual(attachments.map((attachment) => `attachments/${attachment.id}`));
  expect(attachments.map(({ keptIn, size }) => [keptIn, size])).toEqual(files.map(() => ['s3', TEN_MB]));
  expect(await em().execute('select from attachment_contents')).toEqual([]);
  expect(await em().count(UnownedObject)).toBe(0);
  const { body } = await opened.api.get(`/requests/${id}`).expecting(200);
  expect(body.attachments.map(({ fileName }: { fileName: string }) => fileName)).toEqual(['1.txt', '2.txt', '3.txt']);
  for (const [index, attachment] of attachments.entries()) {
    const answer = await download(id, attachment.id);
    expect([answer.status, answer.bytes.equals(files[index]!.content)]).toEqual([200, true]);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename=${index + 1}.txt`);
  }
});

test('files of a reply go there, too', async () => {
  const id = await addRequestAs(opened);
  await opened.send(`${opened.path}/requests/${id}/replies`, { text: 'More' }, [text('a.txt')]);
  const [attachment] = await attachmentsOf(id);
  expect(attachment).toMatchObject({ keptIn: 's3', fileName: 'a.txt' });
  expect((await download(id, attachment!.id)).bytes.toString()).toBe('the content of a.txt');
});

test.each<[string, SentFile]>([
  ['wrong', { name: 'b.png', content: EXECUTABLE }],
  ['huge', { name: 'b.txt', content: Buffer.alloc(TEN_MB + 1, 'b') }],
])('of a form with a file that is %s, nothing gets to the bucket or into a table', async (_what, file) => {
  const before = await keptRows(stage);
  const keys = await addedBy(async () => {
    expect((await opened.send(`${opened.path}/requests/new`, typed, [text('a.txt'), file])).status).toBe(422);
  });
  expect([keys, await keptRows(stage), await em().count(UnownedObject)]).toEqual([[], before, 0]);
});

test('while the storage is down a form with files is shown again, nothing is kept, and one without files goes through', async () => {
  const before = await keptRows(stage);
  await s3.stop();
  const refused = await opened.send(`${opened.path}/requests/new`, typed, [text('a.txt')]);
  expect(refused.status).toBe(503);
  expect(errorsIn(refused.html)).toMatchObject({ attachments: 'Please choose your files again.' });
  expect(refused.html).toContain('nothing was sent');
  expect(refused.html).toContain('>Please</textarea>');
  expect(await keptRows(stage)).toEqual(before);
  expect(await addRequestAs(opened)).toMatch(/^[\da-f-]{36}$/);
});

test('while the storage is down a download says so, what Postgres keeps is there, and the next download works', async () => {
  const inS3 = await addRequestAs(opened, {}, [text('s3.txt')]);
  await using before = await serve({
    ...stage.services,
    attachments: await openAttachmentStore(stage.db.database),
  });
  const { location } = await sendForm(before, opened.client, `${opened.path}/requests/new`, typed, [text('pg.txt')]);
  const inPostgres = location!.split('/').at(-1)!;
  const [there, here] = [(await attachmentsOf(inS3))[0]!, (await attachmentsOf(inPostgres))[0]!];
  expect([there.keptIn, here.keptIn]).toEqual(['s3', 'postgres']);

  await s3.stop();
  const refused = await download(inS3, there.id);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30']);
  expect(refused.headers.get('content-disposition')).toBe(null);
  expect((await download(inPostgres, here.id)).bytes.toString()).toBe('the content of pg.txt');
  expect((await download(inS3, there.id, before.url)).status).toBe(503);

  await s3.start();
  expect((await download(inS3, there.id)).bytes.toString()).toBe('the content of s3.txt');
});

test('an object that was lost is no outage: its download fails for good, the request does not', async () => {
  const id = await addRequestAs(opened, {}, [text('a.txt')]);
  const [attachment] = await attachmentsOf(id);
  s3.lose(`attachments/${attachment!.id}`);
  expect((await download(id, attachment!.id)).status).toBe(500);
  expect((await opened.client.get(`${opened.path}/requests/${id}`)).status).toBe(200);
});

test.each(['before', 'after'])('whoever goes away %s the first byte ends the reading of the file', async (when) => {
  const id = await addRequestAs(opened, {}, [{ name: 'a.txt', content: Buffer.alloc(TEN_MB, 'a') }]);
  const [attachment] = await attachmentsOf(id);
  const leaving = new AbortController();
  let reading: Readable | undefined;
  const { attachments } = stage.services;
  await using api = await serve({
    ...stage.services,
    attachments: {
      ...attachments,
      async read(wanted) {
        if (when === 'before') leaving.abort();
        if (when === 'before') await gone;
        reading = await attachments.read(wanted);
        return reading;
      },
    },
  });
  const address = `${api.url}${opened.path}/requests/${id}/attachments/${attachment!.id}`;
  const answer = fetch(address, { headers: { cookie: cookie() }, signal: leaving.signal });
  const gone = expect(answer.then(({ body }) => body!.getReader().closed)).rejects.toThrow();
  if (when === 'after') {
    expect((await answer).status).toBe(200);
    leaving.abort();
  }
  await gone;
  await eventually(() => reading?.destroyed, 'the end of the reading');
});

test('a form that is sent twice keeps its files once', async () => {
  const before = await keptRows(stage);
  const form = { ...typed, formKey: '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f' };
  const send = () => opened.send(`${opened.path}/requests/new`, form, [text('a.txt')]);
  const answers = await Promise.all([send(), send()]);
  expect(new Set(answers.map(({ location }) => location)).size).toBe(1);
  expect(await keptRows(stage)).toMatchObject({ attachments: (before as { attachments: number }).attachments + 1 });
});
