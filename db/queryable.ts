import type { Pool, QueryConfig, QueryResult } from 'pg';
import type { Database } from './database.ts';

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
