import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { Pool, QueryConfig, QueryResult } from 'pg';
import { postgresOptions } from '../configuration/postgres-options.ts';
import { freeBrokenConnections, reportingClient } from './connection-failure.ts';
import * as entities from './entities/index.ts';
import { migrationsList } from './migrations/index.ts';

/** A lost server is noticed within this time: the API promises its 503 within 2 s. */
const CONNECT_TIMEOUT_MS = 1_500;
/** None of our queries takes this long; a hung server is given up on within the same promise. */
const QUERY_TIMEOUT_MS = 1_500;
/** The server gives up first, so that a statement waiting for a lock ends there too and not only for us. */
const STATEMENT_TIMEOUT_MS = 1_400;
/** Connections kept by one process. */
const POOL_SIZE = 10;

export type Database = MikroORM;
export type { EntityManager };

export interface DatabaseOptions {
  /** Without a limit for a query's time: for migrations. */
  patient?: boolean;
  /** Told of migrations, of connections that the server closed, and why one cannot be made; nobody is unless set. */
  log?: (line: string) => void;
}

/**
 * Opens the pool to PostgreSQL. Connects lazily: it succeeds while the server is down, and a query then fails within
 * {@link CONNECT_TIMEOUT_MS}. Close it with `database.close()`.
 *
 * @param url `postgres://user:password@host:port/database?sslmode=…`
 * @throws Error of {@link postgresOptions}
 */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const { database, ...connection } = postgresOptions(url);
  const log = options.log ?? (() => {});
  return MikroORM.init(
    defineConfig({
      dbName: database!,
      entities: Object.values(entities),
      extensions: [Migrator],
      migrations: { migrationsList, snapshot: false, tableName: 'migrations' },
      forceUtcTimezone: true,
      colors: false,
      debug: ['info'],
      logger: log,
      pool: { min: 0, max: POOL_SIZE },
      driverOptions: {
        ...connection,
        Client: reportingClient(log),
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        ...(!options.patient && { query_timeout: QUERY_TIMEOUT_MS, statement_timeout: STATEMENT_TIMEOUT_MS }),
        onPoolCreated: freeBrokenConnections,
      },
    }),
  );
}

/** As much of `pg`'s pool as libraries use that bring SQL of their own. */
export interface Queryable {
  query(statement: string | QueryConfig, values?: unknown[]): Promise<QueryResult>;
}

/** Lets such a library work in our database, over our pool and within its limits. */
export function queryable(database: Database): Queryable {
  return {
    async query(statement, values) {
      const pool: Pool = await database.em.getConnection().getNativeClient();
      return pool.query(statement as string, values);
    },
  };
}

/**
 * The time by Postgres's clock. What a right depends on is compared with it, never with the clock of an API or a worker,
 * of which each machine has its own.
 */
export async function readClock(em: EntityManager): Promise<Date> {
  const [row] = await em.execute<{ now: string }[]>('select to_json(now()) as now');
  return new Date(row!.now);
}

/** A clock that goes on from a moment, whatever is done to the machine's own clock meanwhile. */
export function clockFrom(moment: Date): () => Date {
  const startedAt = performance.now();
  return () => new Date(moment.getTime() + Math.round(performance.now() - startedAt));
}
