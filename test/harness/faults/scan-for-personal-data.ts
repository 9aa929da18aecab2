import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FaultStage } from './fault-stage.ts';

const PLACES = ['Postgres', 'logs', 'Temporal'] as const;
export type Place = (typeof PLACES)[number];

/** Where each kind of text may be. Secrets may be nowhere: not even Postgres has more of them than a hash. */
const ALLOWED_IN = {
  token: [],
  'session id': [],
  password: [],
  'API key': [],
  name: ['Postgres'],
  address: ['Postgres'],
  note: ['Postgres'],
  request: ['Postgres'],
  'file name': ['Postgres'],
  /** Of rows; looked for to show that the scan finds what is there. */
  id: ['Postgres', 'logs', 'Temporal'],
} as const satisfies Record<string, readonly Place[]>;

export interface Needle {
  kind: keyof typeof ALLOWED_IN;
  text: string;
}

export interface Scan {
  /** Figures by place, for `report`. */
  table: Record<string, Record<string, string | number>>;
  /** Different needles of a kind that were found in any form. */
  found(kind: Needle['kind'], place: Place): number;
  /** One sentence for each needle where it must not be. */
  leaks: string[];
}

/** All the text of one file, or of all columns of one table. */
interface Haystack {
  place: Place;
  /** File or table. */
  name: string;
  size: number;
  unit: 'rows' | 'bytes';
  /** One character for each byte. */
  text: string;
}

/**
 * Looks for each needle in every table of Postgres, in all log files, and in every table and all files of Temporal's database,
 * in clear and encoded. Stops Temporal for that, and leaves it stopped. A place's table and file of the same data are both
 * read: a table's rows are whole, a file also has what was deleted.
 */
export async function scanForPersonalData(stage: FaultStage, needles: Needle[]): Promise<Scan> {
  await stage.temporal.stop();
  const haystacks = [
    ...(await postgresTables(stage)),
    ...logFiles(stage),
    ...temporalTables(stage),
    ...temporalFiles(stage),
  ];
  const finds = new Map<Place, Set<Needle>>(PLACES.map((place) => [place, new Set()]));
  const leaks: string[] = [];
  const wanted = needles.map((needle) => ({ needle, forms: formsOf(needle.text) }));
  for (const { place, name, text } of haystacks) {
    const lowerCase = text.toLowerCase();
    for (const { needle, forms } of wanted) {
      const isIn =
        forms.plain.some((form) => lowerCase.includes(form)) || forms.base64.some((form) => text.includes(form));
      if (!isIn) continue;
      finds.get(place)!.add(needle);
      const allowed: readonly Place[] = ALLOWED_IN[needle.kind];
      if (!allowed.includes(place)) leaks.push(`${place}, ${name}: the ${needle.kind} ${needle.text}`);
    }
  }
  return {
    leaks,
    found: (kind, place) => [...finds.get(place)!].filter((needle) => needle.kind === kind).length,
    table: Object.fromEntries(PLACES.map((place) => [place, figures(place)])),
  };

  function figures(place: Place): Record<string, string | number> {
    const here = haystacks.filter((haystack) => haystack.place === place);
    const sum = (unit: Haystack['unit']) =>
      here.filter((haystack) => haystack.unit === unit).reduce((total, { size }) => total + size, 0);
    const must = needles.filter(({ kind }) => !(ALLOWED_IN[kind] as readonly Place[]).includes(place));
    return {
      'files and tables': here.length,
      rows: sum('rows'),
      bytes: sum('bytes'),
      'needles that may be there': needles.length - must.length,
      'found of these': [...finds.get(place)!].filter((needle) => !must.includes(needle)).length,
      'needles that must not be there': must.length,
      hits: leaks.filter((leak) => leak.startsWith(place)).length,
    };
  }
}

/** As programs write text: as it is, in an address or a hexadecimal dump, and in base64, where its bytes begin at any of three places. */
function formsOf(text: string): { plain: string[]; base64: string[] } {
  const bytes = Buffer.from(text);
  const plain = [bytes.toString('latin1'), encodeURIComponent(text), bytes.toString('hex')].map((form) =>
    form.toLowerCase(),
  );
  const base64 = (['base64', 'base64url'] as const).flatMap((encoding) =>
    [0, 1, 2].map((before) => {
      const whole = Buffer.concat([Buffer.alloc(before), bytes])
        .toString(encoding)
        .replace(/=+$/, '');
      // the first characters and the last one also hold bits of what stands before and after
      return whole.slice(Math.ceil((before * 8) / 6), -1);
    }),
  );
  return { plain: [...new Set(plain)], base64: [...new Set(base64)] };
}

async function postgresTables({ sql }: FaultStage): Promise<Haystack[]> {
  const tables = await sql<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  const read = async ({ name }: { name: string }): Promise<Haystack> => {
    const rows = await sql<{ text: string }>(`select t::text as text from "${name}" t`);
    return haystackOf(
      'Postgres',
      name,
      rows.map(({ text }) => [Buffer.from(text)]),
    );
  };
  return Promise.all(tables.map(read));
}

function logFiles({ folder }: FaultStage): Haystack[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.log'));
  return files.map((name) => fileOf('logs', join(folder, name)));
}

/** The database with its write-ahead log, as one. */
function temporalFiles({ temporal }: FaultStage): Haystack[] {
  const folder = dirname(temporal.data);
  const names = readdirSync(folder).filter((name) => name.startsWith(basename(temporal.data)));
  const files = names.map((name) => fileOf('Temporal', join(folder, name)));
  const size = files.reduce((total, file) => total + file.size, 0);
  return [{ ...files[0]!, name: basename(temporal.data), size, text: files.map(({ text }) => text).join('\n') }];
}

function temporalTables({ temporal }: FaultStage): Haystack[] {
  using database = new DatabaseSync(temporal.data, { readOnly: true });
  const tables = database.prepare(`select name from sqlite_master where type = 'table'`).all() as { name: string }[];
  return tables.map(({ name }) => {
    const statement = database.prepare(`select * from "${name}"`);
    statement.setReadBigInts(true);
    const rows = statement.all().map((row) => Object.values(row).map(toBytes));
    return haystackOf('Temporal', name, rows);
  });
}

function toBytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(String(value));
}

const BETWEEN_VALUES = Buffer.from('\n');

function haystackOf(place: Place, name: string, rows: Uint8Array[][]): Haystack {
  const text = Buffer.concat(rows.flat().flatMap((value) => [value, BETWEEN_VALUES])).toString('latin1');
  return { place, name, size: rows.length, unit: 'rows', text };
}

function fileOf(place: Place, path: string): Haystack {
  const bytes = readFileSync(path);
  return { place, name: basename(path), size: bytes.length, unit: 'bytes', text: bytes.toString('latin1') };
}
