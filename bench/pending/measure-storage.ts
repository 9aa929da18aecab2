import { open } from 'node:fs/promises';
import type { Client } from 'pg';

/** Bytes that are taken in both databases. */
export interface Storage {
  ours: number;
  temporals: number;
}

/** Where SQLite's header (https://www.sqlite.org/fileformat.html#the_database_header) has what is asked for. */
const HEADER_BYTES = 100;
const PAGE_SIZE_AT = 16;
const PAGES_AT = 28;
const FREE_PAGES_AT = 36;

/** Reads how much of both databases is in use: Postgres by its own account, of Temporal's file the pages that are not free. */
export async function measureStorage(client: Client, temporalFile: string): Promise<Storage> {
  const { rows } = await client.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes');
  return { ours: Number(rows[0]!.bytes), temporals: await usedBytes(temporalFile) };
}

/** From the header, which each commit writes: opened as a database, the file is locked while Temporal is at work. */
async function usedBytes(path: string): Promise<number> {
  await using file = await open(path);
  const { buffer: header } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
  const pages = header.readUInt32BE(PAGES_AT) - header.readUInt32BE(FREE_PAGES_AT);
  return pages * header.readUInt16BE(PAGE_SIZE_AT);
}
