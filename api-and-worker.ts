import { pino } from 'pino';
import { readApiConfiguration } from './api/configuration.ts';
import { startApi } from './api/start-api.ts';
import { readWorkerConfiguration } from './worker/configuration.ts';
import { type RunningWorker, startWorker } from './worker/start-worker.ts';

/**
 * API and worker in one process, which is quicker than two: the server hands the worker the first task of an invitation with
 * its answer to the API. Serves until SIGTERM, SIGINT or the end of the process that supervises it, then drains. The API
 * answers before Temporal is there.
 */
let stop: () => void = () => process.exit(0);
for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(signal, () => stop());

try {
  const configuration = { api: readApiConfiguration(process.env), worker: readWorkerConfiguration(process.env) };
  const logger = pino({ name: 'api-and-worker', level: configuration.api.LOG_LEVEL });
  let worker: RunningWorker | undefined;
  const api = await startApi(configuration.api, logger, () => worker?.client);
  logger.info(`API is listening on port ${api.port}`);

  stop = async () => {
    await api.stop();
    process.exit(0);
  };
  worker = await startWorker(configuration.worker, logger);
  stop = async () => {
    stop = () => {}; // once is enough
    await api.stop();
    worker?.stop();
  };
  logger.info('Worker is polling');
  process.send?.({ ready: true });

  await worker.finished;
  logger.info('API and worker have stopped');
  process.exit(0);
} catch (error) {
  console.error((error as Error).message);
  if (process.send === undefined) process.exit(1);
  process.send({ failed: (error as Error).message }, () => process.exit(1));
}
