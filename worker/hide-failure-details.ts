import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, WorkerInterceptors } from '@temporalio/worker';

/** Failures that were written for Temporal's eyes. */
const SPOKEN = [ApplicationFailure, CancelledFailure];

const hideDetails: ActivityInboundCallsInterceptor = {
  async execute(input, next) {
    try {
      return await next(input);
    } catch (error) {
      if (SPOKEN.some((kind) => error instanceof kind)) throw error;
      const { name, code } = error as { name: string; code?: string };
      throw ApplicationFailure.retryable(`${name}${code === undefined ? '' : ` (${code})`}`, name);
    }
  },
};

/**
 * Keeps personal data out of workflow histories: a database error quotes the statement with its values, so of an
 * unforeseen error only its name and code cross to Temporal.
 */
export const hideFailureDetails: WorkerInterceptors = { activity: [() => ({ inbound: hideDetails })] };
