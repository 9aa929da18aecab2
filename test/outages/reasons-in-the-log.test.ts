import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { type Program, runNode } from '../harness/embedded-processes.ts';
import { eventually } from '../harness/eventually.ts';
import { TEST_LINK_KEYS, TEST_MAIL_FROM } from '../harness/test-worker.ts';

const SECRET = 'the-wrong-secret-of-a-test';

let mailServer: SMTPServer;
let smtpUrl: string;
beforeAll(async () => {
  mailServer = new SMTPServer({
    logger: false,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (_auth, _session, answer) => answer(Object.assign(new Error('Not with this one'), { responseCode: 535 })),
  });
  mailServer.on('error', () => {});
  mailServer.listen(0, '127.0.0.1');
  await once(mailServer.server, 'listening');
  smtpUrl = `smtp://olga:${SECRET}@127.0.0.1:${(mailServer.server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise<void>((resolve) => mailServer.close(() => resolve())));

const CLOSED = '127.0.0.1:1';
const withWrongPassword = () => {
  const url = new URL(process.env.TEST_DATABASE_URL!);
  url.password = SECRET;
  return url.href;
};

function start(script: string, env: NodeJS.ProcessEnv): Program {
  const own = { PUBLIC_URL: 'http://localhost:3000', LINK_KEYS: TEST_LINK_KEYS, MAIL_FROM: TEST_MAIL_FROM };
  const here = { NODE_OPTIONS: '', PORT: '0', HOST: '127.0.0.1', SMTP_URL: smtpUrl };
  const temporal = { TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS };
  return runNode([script], { env: { ...here, ...own, ...temporal, ...env } });
}

async function expectReasons(program: Program, reasons: RegExp[]): Promise<void> {
  const said = () => program.stdout() + program.stderr();
  for (const reason of reasons) await eventually(() => reason.test(said()), String(reason));
  program.child.kill('SIGKILL');
  await program.ended;
  expect(said()).not.toContain(SECRET);
}

test('a worker that starts says why the mail server and Postgres let it not in, and shows no password', async () => {
  await expectReasons(start('worker/main.ts', { DATABASE_URL: withWrongPassword() }), [
    /The mail server cannot be used: .*535 Not with this one/,
    /PostgreSQL cannot be reached: password authentication failed for user/,
  ]);
});

test('an API that starts says why Postgres lets it not in, and where Temporal is missed, before anybody calls it', async () => {
  await expectReasons(start('api/main.ts', { DATABASE_URL: withWrongPassword(), TEMPORAL_ADDRESS: CLOSED }), [
    /PostgreSQL cannot be reached: password authentication failed for user/,
    /Temporal at 127\.0\.0\.1:1 cannot be reached: .*(ECONNREFUSED|No connection established)/,
  ]);
});

test('a migration says why Postgres is missed', async () => {
  const program = start('db/migrate-main.ts', { DATABASE_URL: `postgres://olga:${SECRET}@${CLOSED}/x` });
  expect(await program.ended).toBe(1);
  expect(program.stderr()).toContain('connect ECONNREFUSED 127.0.0.1:1');
  expect(program.stdout() + program.stderr()).not.toContain(SECRET);
});
