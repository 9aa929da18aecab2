/** As much of a pooled connection of `pg` as is needed here. */
interface PooledClient {
  query(...args: unknown[]): Promise<unknown>;
  release(error: Error): void;
}

/** After a failed commit there is a rollback, so that is not among them. */
const BRACKETS = new Set<unknown>(['begin', 'rollback']);

/**
 * Gives a connection whose `begin` or `rollback` failed back to the pool, which closes it. Kysely, below MikroORM, returns a
 * connection only after a rollback that worked, so without this every transaction that a lost or hanging server cuts short
 * would take a slot of the pool away for good, and leave its session idle in transaction with its locks.
 */
export function freeBrokenConnections(pool: {
  on(event: 'connect', listener: (client: never) => void): unknown;
}): void {
  pool.on('connect', (client: PooledClient) => {
    const query = client.query.bind(client);
    client.query = (...args) => {
      if (!BRACKETS.has(args[0])) return query(...args);
      return query(...args).catch((error: Error) => {
        client.release(error);
        throw error;
      });
    };
  });
}
