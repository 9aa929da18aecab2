import { type Client, Connection, type ConnectionOptions, isGrpcServiceError } from '@temporalio/client';
import type { Logger } from 'pino';
import { connectionReport } from '../db/connection-failure.ts';
import { Refusal } from '../vocabulary/refusal.ts';

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

/** A Temporal server that comes back is noticed within this. */
const MIN_RECONNECT_MS = 100;
const MAX_RECONNECT_MS = 1_000;

/** A connection to Temporal that is made with the first call, and made again for as long as it takes. */
export function lazyConnection(options: ConnectionOptions): Connection {
  return Connection.lazy({
    ...options,
    channelArgs: {
      'grpc.initial_reconnect_backoff_ms': MIN_RECONNECT_MS,
      'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_MS,
    },
  });
}

/** How long Temporal has to accept a start or a signal: the API responds with 503 within 2 s. */
const CALL_DEADLINE_MS = 1_000;
const RETRY_AFTER_SECONDS = 5;
/** gRPC's CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and UNAVAILABLE: no answer, or none just now. */
const DOWN_CODES = new Set([1, 4, 8, 14]);

/**
 * Starts or signals a workflow, or fails within a second: a call never waits for a server that is gone.
 *
 * @throws Refusal `unavailable` where Temporal has not answered: it may have received the call all the same
 */
export async function callWithDeadline<T>(client: Client, call: () => Promise<T>): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + CALL_DEADLINE_MS, call);
  } catch (error) {
    if (!isTemporalDown(error)) throw error;
    throw new Refusal('unavailable', {
      detail:
        'Temporal does not answer at the moment. The request may be carried out all the same: check the result before you repeat it.',
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }
}

/** Whether an error means that Temporal cannot be reached. */
export function isTemporalDown(error: unknown): boolean {
  const cause = (error as Error).cause ?? error;
  return isGrpcServiceError(cause) && DOWN_CODES.has(cause.code);
}
