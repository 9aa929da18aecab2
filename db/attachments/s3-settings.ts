import { z } from 'zod';

/** What S3 allows; other servers are no stricter. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** The environment of API and worker: where attachments are kept. Region and credentials are variables of the AWS SDK. */
export const S3Variables = {
  ATTACHMENTS_S3_BUCKET: z
    .string()
    .regex(BUCKET, 'must be a name of 3 to 63 small letters, digits, points and hyphens')
    .optional(),
  ATTACHMENTS_S3_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must be a URL like https://storage.example.com' })
    .optional(),
};

export type S3Settings = Partial<Record<keyof typeof S3Variables, string | undefined>>;

/** An endpoint without a bucket would be passed over in silence: refuses it. */
export function requireBucket(settings: S3Settings, context: z.core.$RefinementCtx): void {
  if (settings.ATTACHMENTS_S3_ENDPOINT === undefined || settings.ATTACHMENTS_S3_BUCKET !== undefined) return;
  const message = 'is not set, but ATTACHMENTS_S3_ENDPOINT is';
  context.addIssue({ code: 'custom', path: ['ATTACHMENTS_S3_BUCKET'], message });
}
