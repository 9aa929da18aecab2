import { z } from 'zod';
import { requireBucket, S3Variables } from '../db/attachments/s3-settings.ts';
import { LinkKeysSetting } from '../db/link-keys.ts';
import { readEnvironment } from '../db/read-environment.ts';

const Variables = z.object({
  DATABASE_URL: z.string().min(1),
  SMTP_URL: z.string().min(1),
  PUBLIC_URL: z.url().transform((url) => url.replace(/\/$/, '')),
  MAIL_FROM: z.email(),
  LINK_KEYS: LinkKeysSetting,
  DRAIN_SECONDS: z.coerce.number().int().min(0).max(3_600).default(25),
  ...S3Variables,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});
const Environment = Variables.superRefine(requireBucket);
export type WorkerConfiguration = z.infer<typeof Environment>;

/** Reads and validates the worker's environment. @throws Error that lists every variable that is missing or wrong */
export function readWorkerConfiguration(environment: NodeJS.ProcessEnv): WorkerConfiguration {
  return readEnvironment(Environment, environment);
}
