import { invitationWorkflowId } from '../../../vocabulary/workflows.ts';
import { eventually } from '../eventually.ts';
import { addressOf, type Life, type Person } from './recognisable-life.ts';

/** E-mails that are refused, put off, and sent twice since the connection was cut. The mail server's replies name the address. */
export async function failToMail({ stage, slug, portal, add }: Life): Promise<void> {
  const delivery = async ({ id }: Person) => (await portal.get(`/users/${id}`)).body.invitation.delivery;
  for (const [n, code, at, outcome] of [
    [40, 550, 'RCPT', 'bounced'],
    [41, 554, 'DATA', 'bounced'],
    [50, 450, 'RCPT', 'deferred'],
    [51, 451, 'DATA', 'deferred'],
  ] as const) {
    stage.sink.mood = { code, at, text: `<${addressOf(slug, n)}> is not available` };
    const person = await add(n);
    await eventually(async () => (await delivery(person)) === outcome, outcome);
  }
  stage.sink.mood = 'cut';
  const person = await add(60);
  await stage.sink.mailTo(person.email);
  stage.sink.mood = null;
  await eventually(async () => (await delivery(person)) === 'sent', 'the e-mail whose connection was cut');
}

/** Calls that are refused or fail, each with somebody's data in it. */
export async function callInVain({ stage, slug, portal, note, add }: Life): Promise<void> {
  const name = note('name', `Cholmondeley-${slug}`);
  const email = note('address', `Cholmondeley-${slug}@marjoribanks.example`);
  await Promise.all(Array.from({ length: 5 }, () => portal.post('/users', { email, name }))); // most of them find it taken
  await portal.post('/users', `{"email": "${email}", "name": "${name}`).expecting(400);
  await portal.post('/users', { email, name, unknown: email }).expecting(400);
  await portal.get(`/users?search=${encodeURIComponent(email)}&unknown=${encodeURIComponent(name)}`).expecting(400);
  await fetch(`${stage.url}/confirm/${note('token', 'A'.repeat(40) + slug.padEnd(31, 'z'))}`);

  const person = await add(70);
  await stage.sink.mailTo(person.email);
  await stage.sql('alter table contacts rename column name to full_name'); // so that statements fail as nobody foresaw
  await portal.post('/users', { email: note('address', `unforeseen-${person.email}`), name }).expecting(500);
  const workflow = stage.client.workflow.getHandle(invitationWorkflowId(person.id));
  await workflow.signal('reInvite');
  const hasFailed = async () =>
    (await workflow.describe()).raw.pendingActivities?.some(({ lastFailure }) => lastFailure);
  await eventually(hasFailed, 'the failure of an activity');
  await stage.sql('alter table contacts rename column full_name to name');
  await stage.sink.mailTo(person.email, 2);

  await stage.relays.temporal.set('refuse');
  await portal.patch(`/users/${person.id}`, { email: note('address', `later-${person.email}`) }).expecting(200);
  await portal.post(`/users/${person.id}/deactivate`).expecting(503);
  await stage.relays.temporal.set('pass');

  await stage.relays.postgres.set('refuse');
  const lost = note('address', `lost-${person.email}`);
  await portal.post('/users', { email: lost, name }).expecting(503);
  await stage.relays.postgres.set('pass');
  await eventually(async () => (await portal.get('/users?limit=1')).status === 200, 'Postgres');

  const cutting = Array.from({ length: 20 }, (_, n) => portal.patch(`/users/${person.id}`, { name: `${name} ${n}` }));
  stage.relays.postgres.cut();
  await Promise.all(cutting);
}
