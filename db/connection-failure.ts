import { Client, type ClientConfig } from 'pg';

/** Reasons of OpenSSL and Node.js why a certificate is not trusted, and that TLS failed. */
const TLS_CODES =
  /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_|EPROTO)/;
/**
 * What a server says instead of letting us in (PostgreSQL, appendix A): connection exceptions, invalid authorization, no
 * such database, insufficient resources, starting up or shutting down. These quote users and databases, never rows.
 */
const SQL_STATES = /^(08(?!P)\w{3}|28\w{3}|3D000|53\w{3}|57P0[123])$/;
/** What `pg` says without a code. */
const DRIVER_MESSAGES =
  /does not support SSL connections|establishing an SSL connection|timeout exceeded when trying to connect|timeout expired|Connection terminated|^SASL: /;
const CONNECTING = new Set(['connect', 'getaddrinfo']);

/**
 * Why a connection to a server could not be made, in the words of the system, of TLS, or of PostgreSQL. They name hosts,
 * ports, users and databases, but no personal data and no password, so they may be logged. Undefined for any other error,
 * whose message may quote anything.
 */
export function connectionFailure(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, syscall, message = '', cause, errors = [cause] } = error as Partial<ConnectionError>;
  const coded = typeof code === 'string' && (TLS_CODES.test(code) || SQL_STATES.test(code));
  const said = coded || CONNECTING.has(syscall ?? '') || DRIVER_MESSAGES.test(message);
  if (said && message !== '') return message;
  // Where every address of a host refuses, Node.js says nothing itself, but has an error for each.
  const inner = errors.map(connectionFailure).filter((words) => words !== undefined);
  return inner.length > 0 ? inner.join('; ') : undefined;
}

interface ConnectionError {
  code: unknown;
  syscall: string;
  message: string;
  cause: unknown;
  errors: unknown[];
}

/** Tells the log how connecting to a server goes. */
export interface ConnectionReport {
  worked(): void;
  /** @param reason without personal data and passwords */
  failed(reason: string): void;
}

/** Logs why connections to a server fail: once, and again when the reason changes or one worked in between. */
export function connectionReport(server: string, log: (line: string) => void): ConnectionReport {
  let said: string | undefined;
  return {
    worked() {
      if (said !== undefined) log(`${server} can be reached again`);
      said = undefined;
    },
    failed(reason) {
      if (reason !== said) log(`${server} cannot be reached: ${reason}`);
      said = reason;
    },
  };
}

/** Why connecting to PostgreSQL failed: of an error that is not about the connection, its code or name only. */
export function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: string };
  return connectionFailure(error) ?? String(code ?? name);
}

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

/** A client for a pool that logs why connecting fails: callers of a query learn only that there is no connection. */
export function reportingClient(log: (line: string) => void): typeof Client {
  const report = connectionReport('PostgreSQL', log);
  return class extends Client {
    constructor(config?: ClientConfig) {
      super(config);
      const connect = this.connect.bind(this);
      // A pool connects its clients with a callback, and only so.
      this.connect = ((callback: (error: Error) => void) =>
        connect((error: Error) => {
          if (error) report.failed(reasonOf(error));
          else report.worked();
          callback(error);
        })) as Client['connect'];
    }
  };
}
