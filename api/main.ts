import { pino } from 'pino';
import { readApiConfiguration, requireGoodOperatorPassword } from './configuration.ts';
import { startApi } from './start-api.ts';

/** The API process: serves until SIGTERM, SIGINT or the end of the process that supervises it, then drains. */
let stop: () => void = () => process.exit(0);
for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(signal, () => stop());

try {
  const configuration = readApiConfiguration(process.env);
  await requireGoodOperatorPassword(configuration);
  const logger = pino({ name: 'api', level: configuration.LOG_LEVEL });
  const api = await startApi(configuration, logger);
  stop = async () => {
    stop = () => {}; // once is enough
    await api.stop();
    logger.info('API has stopped');
    process.exit(0);
  };
  logger.info(`API is listening on port ${api.port}`);
  process.send?.({ ready: true });
} catch (error) {
  console.error((error as Error).message);
  if (process.send === undefined) process.exit(1);
  process.send({ failed: (error as Error).message }, () => process.exit(1));
}
