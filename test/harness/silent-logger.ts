import type { Logger } from '@temporalio/worker';

const ignore = () => {};

/** Keeps the SDK's log out of the tests' output. */
export const silentLogger: Logger = {
  log: ignore,
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
};
