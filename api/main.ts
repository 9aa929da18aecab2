import { pino } from 'pino';
import { readApiConfiguration } from './configuration.ts';
import { startApi } from './start-api.ts';

/** The API process: serves until SIGTERM, SIGINT or the end of the process that supervises it, then drains. */
let stop: () => void = () => process.exit(0);
for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal, () => stop());

try {
  const configuration = readApiConfiguration(process.env);
  const logger = pino({ name: 'api', level: configuration.LOG_LEVEL });
  const api = await startApi(configuration, logger);
  stop = async () => {
    await api.stop();
    logger.info('API has stopped');
    process.exit(0);
  };
  logger.info(`API is listening on port ${api.port}`);
  process.send?.({ ready: true });
} catch (error) {
  console.error((error as Error).message);
  process.send?.({ failed: (error as Error).message });
  process.exitCode = 1;
  process.disconnect?.();
}
