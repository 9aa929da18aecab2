import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dictionary } from '@zxcvbn-ts/language-common';
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

const Secrets = z.object({
  adminApiKey: z.string().min(1),
  /** `id:key`, as LINK_KEYS takes them. */
  linkKeys: z.string().min(1),
  postgresPassword: z.string().min(1),
  demoApiKey: z.string().min(1).optional(),
  /** Missing in a file of an earlier version: made then. */
  demoOperatorPassword: z.string().min(1).default(newPassword),
});
export type Secrets = z.infer<typeof Secrets>;

/** HMAC-SHA-256 keys and API keys alike: nothing guessable, nothing longer than the hash. */
const SECRET_BYTES = 32;
/** The EFF's long list, to be read and typed. Five of its words are worth 64 bits. */
const WORDS = dictionary['diceware-common'];
const PASSWORD_WORDS = 5;

/**
 * The secrets of this data folder, made once and kept readable by their owner only. ADMIN_API_KEY and LINK_KEYS win over
 * them and are never written. Throws one line when the file is damaged or gone although there is data: new keys would kill
 * every link that was mailed, and open no database.
 */
export function loadSecrets(dataDir: string, env: NodeJS.ProcessEnv): Secrets {
  const kept = keep(dataDir, readSecrets(dataDir) ?? newSecrets());
  return { ...kept, adminApiKey: env.ADMIN_API_KEY || kept.adminApiKey, linkKeys: env.LINK_KEYS || kept.linkKeys };
}

/** Keeps the demo portal's API key beside the other secrets. Safe to repeat. */
export function keepDemoApiKey(dataDir: string, demoApiKey: string): void {
  keep(dataDir, { ...(readSecrets(dataDir) ?? newSecrets()), demoApiKey });
}

function readSecrets(dataDir: string): Secrets | undefined {
  const path = secretsPath(dataDir);
  const hasData = existsSync(join(dataDir, 'postgres'));
  if (!existsSync(path) && !hasData) return undefined;
  try {
    return Secrets.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new Error(`${path} is missing or damaged: restore it, or delete ${dataDir} to begin anew.`);
  }
}

function newSecrets(): Secrets {
  return {
    adminApiKey: newSecret(),
    linkKeys: `1:${newSecret()}`,
    postgresPassword: newSecret(),
    demoOperatorPassword: newPassword(),
  };
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function newPassword(): string {
  return Array.from({ length: PASSWORD_WORDS }, () => WORDS[randomInt(WORDS.length)]).join('-');
}

function keep(dataDir: string, secrets: Secrets): Secrets {
  const path = secretsPath(dataDir);
  writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
  return secrets;
}

function secretsPath(dataDir: string): string {
  return join(dataDir, 'secrets.json');
}
