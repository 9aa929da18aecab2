import { z } from 'zod';
import { PublicUrl, readEnvironment, requireBucket, S3Variables } from '../configuration/environment.ts';
import { DatabaseUrl } from '../configuration/postgres-options.ts';
import { SmtpUrl } from '../configuration/smtp-url.ts';
import { LinkKeysSetting } from '../links/link-keys.ts';
import { emailKey } from '../vocabulary/email-address.ts';

const Variables = z.object({
  DATABASE_URL: DatabaseUrl,
  SMTP_URL: SmtpUrl,
  PUBLIC_URL: PublicUrl,
  MAIL_FROM: z.email().refine((address) => emailKey(address) !== undefined, 'must be one plain e-mail address'),
  LINK_KEYS: LinkKeysSetting,
  DRAIN_SECONDS: z.coerce.number().int().min(0).max(3_600).default(25),
  ...S3Variables,
  /** Of this release, such as the commit; unless set, the package's version. */
  BUILD_ID: z.string().min(1).max(200).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});
const Environment = Variables.superRefine(requireBucket);
export type WorkerConfiguration = z.infer<typeof Environment>;

/** Reads and validates the worker's environment. @throws Error that lists every variable that is missing or wrong */
export function readWorkerConfiguration(environment: NodeJS.ProcessEnv): WorkerConfiguration {
  return readEnvironment(Environment, environment);
}
