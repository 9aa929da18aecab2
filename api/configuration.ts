import { z } from 'zod';
import { LinkKeysSetting } from '../db/link-keys.ts';
import { readEnvironment } from '../db/read-environment.ts';

const DEFAULT_PORT = 3000;
/** What fits into an Authorization header and is too long to guess. */
const ADMIN_API_KEY = /^[\x21-\x7e]{20,200}$/;

const Environment = z.object({
  DATABASE_URL: z.string().min(1),
  LINK_KEYS: LinkKeysSetting,
  PUBLIC_URL: z.url().transform((url) => url.replace(/\/$/, '')),
  PORT: z.coerce.number().int().min(0).max(65_535).default(DEFAULT_PORT),
  HOST: z.string().min(1).optional(),
  ADMIN_API_KEY: z.string().regex(ADMIN_API_KEY, 'must be 20 to 200 visible ASCII characters').optional(),
  TEMPORAL_UI_URL: z
    .url()
    .transform((url) => url.replace(/\/$/, ''))
    .optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});
export type ApiConfiguration = z.infer<typeof Environment>;

/** Reads and validates the API's environment. @throws Error that lists every variable that is missing or wrong */
export function readApiConfiguration(environment: NodeJS.ProcessEnv): ApiConfiguration {
  return readEnvironment(Environment, environment);
}
