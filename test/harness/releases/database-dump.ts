import type { QueryResultRow } from 'pg';
import pg from 'pg';
import { createEmptyDatabase, type TestDatabase } from '../test-database.ts';

/** Any query of a Postgres connection. */
export type Sql = <Row extends QueryResultRow>(query: string, parameters?: unknown[]) => Promise<Row[]>;

/** A database as Postgres prints it as JSON. */
export interface DatabaseDump {
  takenAt: string;
  /** The migrations that made its schema, oldest first. */
  migrations: string[];
  tables: Record<string, Record<string, unknown>[]>;
}

/** How long ago a loaded dump was taken. The housekeeping leaves what is younger than 15 seconds to its caller. */
const AGE = '10 minutes';

export async function dumpDatabase(sql: Sql): Promise<DatabaseDump> {
  const tables: DatabaseDump['tables'] = {};
  const names = await sql<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'migrations' order by 1`,
  );
  for (const { name } of names) {
    const rows = await sql<{ row: Record<string, unknown> }>(`select to_json(t) as row from "${name}" t`);
    if (rows.length > 0) tables[name] = rows.map(({ row }) => row);
  }
  const migrations = await sql<{ name: string }>('select name from migrations order by id');
  const [now] = await sql<{ now: Date }>('select now()');
  return { takenAt: now!.now.toISOString(), migrations: migrations.map(({ name }) => name), tables };
}

/**
 * A database of the test's own with the schema and the rows of a dump, whose times are moved as if the dump had been taken ten
 * minutes ago. Not migrated any further.
 */
export async function loadDatabase(dump: DatabaseDump): Promise<TestDatabase> {
  const loaded = await createEmptyDatabase();
  const { database, url } = loaded;
  await database.migrator.up({ to: dump.migrations.at(-1)! });
  const connection = new pg.Client({ connectionString: url });
  await connection.connect();
  try {
    await insertRows(async (query, parameters) => (await connection.query(query, parameters)).rows, dump);
  } finally {
    await connection.end();
  }
  return loaded;
}

/** Constraints and triggers are off meanwhile, so that the order of the tables does not matter. */
async function insertRows(sql: Sql, { takenAt, tables }: DatabaseDump): Promise<void> {
  await sql('set session_replication_role = replica');
  for (const [table, rows] of Object.entries(tables)) {
    const columns = await sql<{ name: string; isTime: boolean; sequence: string | null }>(
      `select quote_ident(column_name) as name, data_type = 'timestamp with time zone' as "isTime",
              pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence
         from information_schema.columns
        where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'`,
      [table],
    );
    const moved = `+ (now() - interval '${AGE}' - $2::timestamptz)`;
    const values = columns.map(({ name, isTime }) => (isTime ? `${name} ${moved}` : name));
    await sql(
      `insert into "${table}" (${columns.map(({ name }) => name)}) overriding system value
       select ${values} from json_populate_recordset(null::"${table}", $1) where $2::text is not null`,
      [JSON.stringify(rows), takenAt],
    );
    for (const { name, sequence } of columns) {
      if (sequence !== null) await sql(`select setval($1, max(${name})) from "${table}"`, [sequence]);
    }
  }
}
