import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { findPasswordProblem } from '../commands/passwords/password.ts';
import {
  configurationError,
  PublicUrl,
  readEnvironment,
  requireBucket,
  S3Variables,
  weakness,
} from '../configuration/environment.ts';
import { DatabaseUrl } from '../configuration/postgres-options.ts';
import { LinkKeysSetting } from '../links/link-keys.ts';
import { EmailAddress } from '../schemas/text.ts';

const DEFAULT_PORT = 3000;
/** Calls of the JSON API in a minute for each key. */
const DEFAULT_RATE_LIMIT = 1_000;
const MAX_RATE_LIMIT = 1_000_000_000;
/** What fits into an Authorization header and is too long to guess. */
const ADMIN_API_KEY = /^[\x21-\x7e]{20,200}$/;

const AdminApiKey = z
  .string()
  .regex(ADMIN_API_KEY, { error: 'must be 20 to 200 visible ASCII characters', abort: true })
  .superRefine((key, context) => {
    const weak = weakness(key);
    if (weak === undefined) return;
    context.addIssue({ code: 'custom', message: `${weak}: make one with \`openssl rand -base64 32\`` });
  });

/** `1`: one proxy stands before us. `10.0.0.0/8, loopback`: these do. */
const TrustProxy = z
  .string()
  .transform((text) => (/^\d{1,2}$/.test(text) ? Number(text) : text.split(',').map((address) => address.trim())))
  .refine(
    (proxies) => typeof proxies === 'number' || proxies.every(isProxyAddress),
    'must be a number of proxies, or their addresses with commas between',
  );

/** What Express takes: an address, a network, or a name for the usual ones. */
function isProxyAddress(text: string): boolean {
  return ['loopback', 'linklocal', 'uniquelocal'].includes(text) || ipaddr.isValid(text) || ipaddr.isValidCIDR(text);
}

const Variables = z.object({
  DATABASE_URL: DatabaseUrl,
  LINK_KEYS: LinkKeysSetting,
  PUBLIC_URL: PublicUrl,
  PORT: z.coerce.number().int().min(0).max(65_535).default(DEFAULT_PORT),
  HOST: z.string().min(1).optional(),
  API_RATE_LIMIT: z.coerce.number().int().min(1).max(MAX_RATE_LIMIT).default(DEFAULT_RATE_LIMIT),
  ADMIN_API_KEY: AdminApiKey.optional(),
  TEMPORAL_UI_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL like https://temporal.example.com' })
    .transform((url) => url.replace(/\/$/, ''))
    .optional(),
  TRUST_PROXY: TrustProxy.default(0),
  OPERATOR_EMAIL: EmailAddress.optional(),
  OPERATOR_PASSWORD: z.string().optional(),
  ...S3Variables,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

const Environment = Variables.superRefine(requireBucket).superRefine((variables, context) => {
  const { OPERATOR_EMAIL: email, OPERATOR_PASSWORD: password } = variables;
  const wrong = (name: keyof typeof variables, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  if (email === undefined && password === undefined) return;
  if (email === undefined) return wrong('OPERATOR_EMAIL', 'is not set, but OPERATOR_PASSWORD is: set both, or none');
  if (password === undefined) return wrong('OPERATOR_PASSWORD', 'is not set, but OPERATOR_EMAIL is: set both, or none');
});
export type ApiConfiguration = z.infer<typeof Environment>;

/** Reads and validates the API's environment. @throws Error that lists every variable that is missing or wrong */
export function readApiConfiguration(environment: NodeJS.ProcessEnv): ApiConfiguration {
  return readEnvironment(Environment, environment);
}

/** Checks the first operator's password in a worker thread. @throws Error as {@link readApiConfiguration} does */
export async function requireGoodOperatorPassword(configuration: ApiConfiguration): Promise<void> {
  const { OPERATOR_EMAIL: email, OPERATOR_PASSWORD: password } = configuration;
  if (email === undefined || password === undefined) return;
  const refusal = await findPasswordProblem(password, [email]);
  if (refusal !== undefined) throw configurationError([`OPERATOR_PASSWORD: ${refusal.message}`]);
}
