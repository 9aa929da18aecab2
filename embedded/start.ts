import { setTimeout as sleep } from 'node:timers/promises';
import { migrateDatabase, startApplication } from './application.ts';
import { childEnvironment } from './child-environment.ts';
import { claimInstance } from './instance-claim.ts';
import { LOOPBACK, requireFreePorts } from './ports.ts';
import { startStep } from './progress.mjs';
import { stopRequested } from './script.ts';
import { DEMO_OPERATOR_EMAIL, seedDemoPortal } from './seed.ts';
import { startServers, stopLeftovers } from './servers.ts';
import { keepDemoApiKey, loadSecrets, readSettings, type Settings } from './settings.ts';
import { summarize } from './summary.ts';
import { findTemporalBinary } from './temporal-binary.ts';

/** Longer than the parts of a killed run take to notice and stop. */
const AFTER_CRASH_PATIENCE_MS = 10_000;
const ONE_DAY_MS = 86_400_000;

const stopping = stopRequested();
// A closed terminal must not keep us from stopping in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
stopping.addEventListener('abort', () => console.log('\nStopping…'));
try {
  await runUntil(stopping);
} catch (error) {
  if (!stopping.aborted) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
console.log('Everything has stopped.');
process.exit(0);

/** The whole of `npm start`: starts everything in order, waits for `stopping`, stops everything in the opposite order. */
async function runUntil(stopping: AbortSignal): Promise<void> {
  const settings = readSettings(process.env);
  const { dataDir, ports, external } = settings;
  await using started = new AsyncDisposableStack();
  const claim = claimInstance(dataDir);
  started.defer(() => claim.release());
  const secrets = loadSecrets(dataDir, process.env);

  await requirePorts(settings, claim.afterCrash);

  const step = startStep('Starting');
  stopping.addEventListener('abort', step.fail);
  const options = { dataDir, onEvent: (line: string) => step.note(line), signal: stopping };
  try {
    const search = { signal: stopping };
    const temporalBinary = external.temporalAddress ? undefined : await findTemporalBinary(step.now, search);
    step.now('Starting the embedded servers');
    const { postgresPassword } = secrets;
    const servers = await startServers({ ...options, settings, postgresPassword, temporalBinary });
    started.defer(() => servers.stop());

    step.now('Migrating the database');
    const application = { ...options, env: childEnvironment(settings, servers, secrets) };
    await migrateDatabase(application);
    step.now('Starting worker and API');
    started.defer(await startApplication(application));

    step.now('Setting up the demo portal');
    const origin = `http://${LOOPBACK}:${ports.PORT}`;
    const demoApiKey = await seedDemoPortal({ ...secrets, origin, signal: stopping });
    keepDemoApiKey(dataDir, demoApiKey);
    step.done('');
    const { mailbox, temporal } = servers;
    const urls = {
      consoleUrl: `${settings.publicUrl}/console`,
      apiUrl: `http://localhost:${ports.PORT}`,
      mailboxUrl: mailbox?.webUrl,
      temporalUiUrl: temporal?.uiUrl ?? process.env.TEMPORAL_UI_URL,
    };
    const operator = process.env.OPERATOR_EMAIL
      ? `${process.env.OPERATOR_EMAIL}, with OPERATOR_PASSWORD`
      : `${DEMO_OPERATOR_EMAIL}, password ${secrets.demoOperatorPassword}`;
    console.log(summarize({ ...urls, operator, demoApiKey, dataDir, startedInS: step.seconds() }));
  } catch (error) {
    step.fail();
    throw error;
  }

  while (!stopping.aborted) await sleep(ONE_DAY_MS, undefined, { signal: stopping }).catch(() => {});
}

/** What a killed run left gets some time to end: as the data folder is ours, so is that. */
async function requirePorts(settings: Settings, afterCrash: boolean): Promise<void> {
  if (!afterCrash) return requireFreePorts(settings, 0);
  const step = startStep('Waiting for what a killed run left to end');
  await stopLeftovers(settings.dataDir);
  await requireFreePorts(settings, AFTER_CRASH_PATIENCE_MS).finally(step.fail);
}
