import { Connection, type ConnectionOptions, isGrpcServiceError } from '@temporalio/client';
import type { Logger } from 'pino';
import { connectionReport } from '../db/connection-report.ts';

/** Longer than an address takes to be found and to refuse. */
const ANSWER_LIMIT_MS = 5_000;

/** Tells the log why Temporal cannot be reached. */
export interface TemporalProbe {
  /** Temporal has answered. */
  worked(): void;
  /** Asks Temporal on a connection of its own, and logs what comes of it. Does not throw. */
  explain(): Promise<void>;
}

/**
 * The calls of the API are repeated until their time is over, and then only that can be told of them. This one is made once,
 * so that its failure names the address that refuses, the certificate or the key.
 */
export function temporalProbe(options: ConnectionOptions, logger: Logger): TemporalProbe {
  const report = connectionReport(`Temporal at ${options.address ?? 'localhost:7233'}`, (line) => logger.warn(line));
  let underWay: Promise<void> | undefined;

  async function ask(): Promise<void> {
    const connection = Connection.lazy({ ...options, interceptors: [] });
    try {
      await connection.withDeadline(Date.now() + ANSWER_LIMIT_MS, () => connection.workflowService.getSystemInfo({}));
      report.worked();
    } catch (error) {
      report.failed(reasonOf(error));
    } finally {
      await connection.close();
      underWay = undefined;
    }
  }
  return {
    worked: report.worked,
    explain() {
      underWay ??= ask();
      return underWay;
    },
  };
}

function reasonOf(error: unknown): string {
  const cause = (error as Error).cause ?? error;
  return isGrpcServiceError(cause) ? cause.details : (error as Error).name;
}
