import { freePort } from '../../embedded/ports.ts';
import { type Process, startProcess } from '../processes/start-process.ts';
import type { Servers } from './open-servers.ts';

/** The sink, and the driver that listens to it. */
export interface Outside {
  sink: Process;
  driver: Process;
  smtpUrl: string;
  /** Where the sink tells of e-mails. */
  arrivalsPort: number;
}

/** Starts the world around: who receives the e-mails, and who invites and confirms. */
export async function startOutside(started: AsyncDisposableStack): Promise<Outside> {
  const [smtpPort, arrivalsPort] = [await freePort(), await freePort()];
  const env = { SINK_SMTP_PORT: String(smtpPort), SINK_ARRIVALS_PORT: String(arrivalsPort) };
  const sink = await startProcess('bench/processes/sink.ts', env);
  started.defer(() => sink.stop());
  const driver = await startProcess('bench/processes/driver.ts', env);
  started.defer(() => driver.stop());
  return { sink, driver, smtpUrl: `smtp://127.0.0.1:${smtpPort}`, arrivalsPort };
}

/** Starts *lean*, which is asked for loads itself. */
export async function startLean(started: AsyncDisposableStack, { temporalAddress }: Servers): Promise<Process> {
  const lean = await startProcess('bench/anchors/lean/process.ts', { TEMPORAL_ADDRESS: temporalAddress });
  started.defer(() => lean.stop());
  return lean;
}

/** Starts the plain stack: an API and a worker. Returns its address. */
export async function startPlain(
  started: AsyncDisposableStack,
  { temporalAddress, databaseUrl }: Servers,
  smtpUrl: string,
): Promise<{ url: string; processes: Process[] }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    TEMPORAL_ADDRESS: temporalAddress,
    DATABASE_URL: databaseUrl,
    SMTP_URL: smtpUrl,
    PORT: String(port),
    PUBLIC_URL: url,
  };
  const processes = await Promise.all(
    ['worker', 'api'].map((name) => startProcess(`bench/anchors/plain/${name}.ts`, env)),
  );
  for (const process of processes) started.defer(() => process.stop());
  return { url, processes };
}
