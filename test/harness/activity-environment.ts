import { MockActivityEnvironment } from '@temporalio/testing';
import { silentLogger } from './silent-logger.ts';

/** What an activity runs in, as one attempt of it, when no worker calls it. Logs nothing. */
export function activityEnvironment(): MockActivityEnvironment {
  return new MockActivityEnvironment(undefined, { logger: silentLogger });
}
