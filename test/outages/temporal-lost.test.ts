import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NativeConnection } from '@temporalio/worker';
import { freePort } from '../../embedded/ports.ts';
import { type RunningTemporal, startTemporal } from '../../embedded/temporal.ts';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';
import { keepHousekeeping, scheduleHousekeeping } from '../../worker/housekeeping-schedule.ts';
import { submitPassword } from '../harness/confirm.ts';
import { eventually } from '../harness/eventually.ts';
import { silentLogger } from '../harness/silent-logger.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let start: (searchAttributes: Record<string, 'Keyword'>) => Promise<RunningTemporal>;
let temporal: RunningTemporal;
let stage: Stage;
let connection: NativeConnection;
let endKeeping: () => Promise<void>;

beforeAll(async () => {
  const binary = await findTemporalBinary(() => {});
  const [port, uiPort] = [await freePort(), await freePort()];
  start = (searchAttributes) => startTemporal({ binary, port, uiPort, searchAttributes }); // keeps its data in memory
  temporal = await start({ PortalId: 'Keyword', ConfirmationStatus: 'Keyword' });
  stage = await setStage({ temporalAddress: temporal.address });
  connection = await NativeConnection.connect({ address: temporal.address });
  const { client, taskQueue } = stage.worker;
  await scheduleHousekeeping(client, taskQueue, '2 seconds');
  endKeeping = keepHousekeeping({
    ...{ client, connection, namespace: 'default', taskQueue },
    ...{ logger: silentLogger, every: '2 seconds', checkIntervalMs: 500 },
  });
});

afterAll(async () => {
  await endKeeping();
  await stage.close();
  await connection.close();
  await temporal.stop();
});

test('when Temporal has lost its data, all that is due is done once, by a worker that goes on running', async () => {
  const { api } = await stage.openPortal();
  const add = async (email: string) => {
    const { id } = (await api.post('/users', { email, name: 'Jane' }).expecting(201)).body;
    return { id, email, user: async () => (await api.get(`/users/${id}`)).body };
  };
  type Added = Awaited<ReturnType<typeof add>>;
  const sent = (added: Added, emailsSent: number) =>
    eventually(async () => (await added.user()).invitation?.emailsSent === emailsSent, `the mails to ${added.email}`);
  const mailsTo = ({ email }: Added) => stage.sink.mails.filter(({ recipients }) => recipients.includes(email));
  const execute = (sql: string, parameters: unknown[]) => stage.db.database.em.fork().execute(sql, parameters);

  const [pending, reminded] = [await add('pending@example.com'), await add('reminded@example.com')];
  for (const added of [pending, reminded]) await sent(added, 1);
  stage.sink.mood = { code: 451, text: 'Later', at: 'RCPT' };
  const deferred = await add('deferred@example.com');
  await eventually(async () => (await deferred.user()).invitation?.delivery === 'deferred', 'the deferral');

  await temporal.stop();
  stage.sink.mood = null;
  const added = await add('added@example.com');
  // as if the outage had taken an hour
  await execute("update portal_users set due_at = due_at - interval '1 hour' where id = ?", [deferred.id]);
  const due = "update portal_users set next_reminder_at = now(), due_at = now() - interval '1 minute' where id = ?";
  await execute(due, [reminded.id]);
  const longAgo = "update invitation_emails set answered_at = answered_at - interval '4 days' where portal_user_id = ?";
  await execute(longAgo, [reminded.id]);
  temporal = await start({});

  for (const [user, mails] of [
    [deferred, 1],
    [added, 1],
    [reminded, 2],
  ] as const)
    await sent(user, mails);
  const { link } = mailsTo(pending)[0]!;
  expect((await submitPassword(link)).status).toBe(303);
  expect((await pending.user()).confirmationStatus).toBe('confirmed');
  expect([pending, deferred, added, reminded].map((user) => mailsTo(user).length)).toEqual([1, 1, 1, 2]);
}, 120_000);
