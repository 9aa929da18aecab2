import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dictionary } from '@zxcvbn-ts/language-common';
import { z } from 'zod';

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
