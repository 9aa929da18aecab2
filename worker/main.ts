import { pino } from 'pino';
import { readWorkerConfiguration } from './configuration.ts';
import { startWorker } from './start-worker.ts';

/** The worker process: runs until SIGTERM, SIGINT or the end of the process that supervises it, then drains. */
let stop: () => void = () => process.exit(0);
for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(signal, () => stop());

try {
  const configuration = readWorkerConfiguration(process.env);
  const logger = pino({ name: 'worker', level: configuration.LOG_LEVEL });
  const worker = await startWorker(configuration, logger);
  stop = () => worker.stop();
  logger.info('Worker is polling');
  process.send?.({ ready: true });

  await worker.finished;
  logger.info('Worker has stopped');
  process.exit(0);
} catch (error) {
  console.error((error as Error).message);
  if (process.send === undefined) process.exit(1);
  process.send({ failed: (error as Error).message }, () => process.exit(1));
}
