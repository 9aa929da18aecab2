/** The plain stack's worker: pg and nodemailer, without anything around them. */
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createTransport } from 'nodemailer';
import { Pool } from 'pg';
import { answerAsks } from '../../processes/answer-asks.ts';

Runtime.install({ logger: new DefaultLogger('WARN') });
const pool = new Pool({ connectionString: process.env.DATABASE_URL!, max: 10 });
const transport = createTransport({ url: process.env.SMTP_URL!, pool: true, maxConnections: 20 });

const activities = {
  async sendInvite(id: string) {
    const { rows } = await pool.query('select email, name from invites where id = $1', [id]);
    const { email, name } = rows[0];
    const link = `${process.env.PUBLIC_URL}/confirm/${id}`;
    await transport.sendMail({
      from: 'invitations@example.com',
      to: { name, address: email },
      subject: 'Your invitation',
      text: `Hello ${name},\n\nyou are invited. Confirm here: ${link}\n`,
      html: `<p>Hello ${name},</p><p>you are invited. <a href="${link}">Confirm</a></p>`,
    });
    await pool.query('update invites set sent_at = now() where id = $1', [id]);
  },
  async markConfirmed(id: string) {
    await pool.query('update invites set confirmed_at = now() where id = $1', [id]);
  },
};
export type PlainActivities = typeof activities;

const worker = await Worker.create({
  connection: await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS! }),
  taskQueue: 'plain',
  workflowsPath: fileURLToPath(new URL('./workflow.ts', import.meta.url)),
  activities,
});
void worker.run().finally(() => process.exit());
answerAsks(async () => undefined);
