import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The folder that holds package.json. */
export const PROJECT_ROOT = fileURLToPath(new URL('..', import.meta.url));

const HIGHEST_PORT = 65_535;
const PORT_RULE = `must be a port number from 1 to ${HIGHEST_PORT}`;
const DEFAULT_PORTS = {
  PORT: 3000,
  TEMPORAL_PORT: 7233,
  TEMPORAL_UI_PORT: 8233,
  POSTGRES_PORT: 5432,
  SMTP_PORT: 1025,
  MAILBOX_PORT: 1080,
} as const;
export type PortName = keyof typeof DEFAULT_PORTS;

const Port = z
  .string()
  .regex(/^\d{1,5}$/, PORT_RULE)
  .transform(Number)
  .pipe(z.number().min(1, PORT_RULE).max(HIGHEST_PORT, PORT_RULE));
const url = (protocol: RegExp, example: string) =>
  z.url({ protocol, error: `must be a URL like ${example}` }).optional();

const Environment = z.object({
  ...(Object.fromEntries(Object.keys(DEFAULT_PORTS).map((name) => [name, Port.optional()])) as Record<
    PortName,
    z.ZodOptional<typeof Port>
  >),
  DATA_DIR: z.string().default('.data'),
  PUBLIC_URL: url(/^https?$/, 'https://portal.example.com'),
  DATABASE_URL: url(/^postgres(ql)?$/, 'postgresql://user:password@host:5432/database'),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s/]+:\d+$/, 'must be host:port')
    .optional(),
  SMTP_URL: url(/^smtps?$/, 'smtp://host:25'),
});

/** What `npm start` is asked to do. An embedded part has its ports; where the user brought a server, `external` has it. */
export interface Settings {
  dataDir: string;
  ports: Readonly<Record<PortName, number>>;
  publicUrl: string;
  external: { databaseUrl?: string; temporalAddress?: string; smtpUrl?: string };
}

/** Reads the settings from the environment; an empty variable counts as unset. Throws one line that names what is wrong. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const { success, data, error } = Environment.safeParse(given);
  if (!success) throw new Error(error.issues.map((issue) => describe(issue, given)).join(' '));
  const ports = Object.fromEntries(
    Object.entries(DEFAULT_PORTS).map(([name, port]) => [name, data[name as PortName] ?? port]),
  );
  return {
    dataDir: resolve(PROJECT_ROOT, data.DATA_DIR),
    ports: ports as Record<PortName, number>,
    publicUrl: (data.PUBLIC_URL ?? `http://localhost:${ports.PORT}`).replace(/\/+$/, ''),
    external: {
      ...(data.DATABASE_URL && { databaseUrl: data.DATABASE_URL }),
      ...(data.TEMPORAL_ADDRESS && { temporalAddress: data.TEMPORAL_ADDRESS }),
      ...(data.SMTP_URL && { smtpUrl: data.SMTP_URL }),
    },
  };
}

/** The ports that this start will listen on. */
export function neededPorts({ external }: Settings): PortName[] {
  return [
    'PORT',
    ...(external.databaseUrl ? [] : (['POSTGRES_PORT'] as const)),
    ...(external.temporalAddress ? [] : (['TEMPORAL_PORT', 'TEMPORAL_UI_PORT'] as const)),
    ...(external.smtpUrl ? [] : (['SMTP_PORT', 'MAILBOX_PORT'] as const)),
  ];
}

function describe({ path, message }: z.core.$ZodIssue, given: Record<string, unknown>): string {
  const name = String(path[0]);
  const shown = name.endsWith('_URL') ? '' : `, not "${given[name]}"`; // a URL may hold a password
  return `${name} ${message}${shown}.`;
}
