import { Connection, type ConnectionOptions } from '@temporalio/client';

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
