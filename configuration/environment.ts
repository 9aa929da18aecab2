import { z } from 'zod';

/** Optional settings: without a look at the names, a misspelt one would have no effect and nobody would know. */
const OPTIONAL = ['ADMIN_API_KEY', 'ATTACHMENTS_S3_BUCKET', 'ATTACHMENTS_S3_ENDPOINT', 'TRUST_PROXY'];
const LIKE_OPTIONAL = /^(ADMIN_API|ATTACHMENTS_|TRUST_PROX)/;
/** Kubernetes sets variables of these forms for every service that there is. */
const OF_KUBERNETES = /_(SERVICE_HOST|SERVICE_PORT.*|PORT|PORT_.*)$/;

/**
 * A process's settings from its environment; an empty variable counts as unset.
 *
 * @throws Error with a line for every variable that is missing, wrong or misspelt, without its value
 */
export function readEnvironment<Settings extends z.ZodType>(
  settings: Settings,
  environment: NodeJS.ProcessEnv,
): z.output<Settings> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const misspelt = Object.keys(given)
    .filter((name) => LIKE_OPTIONAL.test(name) && !OF_KUBERNETES.test(name) && !OPTIONAL.includes(name))
    .map((name) => `${name} is no setting: it would have no effect`);
  const result = settings.safeParse(given);
  if (result.success && misspelt.length === 0) return result.data;
  const wrong = (result.error?.issues ?? []).map(({ code, path: [name], message }) =>
    code === 'invalid_type' && given[String(name)] === undefined
      ? `${String(name)} is not set`
      : `${String(name)}: ${message}`,
  );
  throw configurationError([...wrong, ...misspelt]);
}

/** The message of a process that cannot start: a line for each variable that is missing or wrong. */
export function configurationError(lines: string[]): Error {
  return new Error(`Configuration (see README.md):\n  ${lines.join('\n  ')}`);
}

/** A random secret of our shortest lengths has more, but for one in thousands. */
const FEWEST_DIFFERENT = 6;

/**
 * What is wrong with a secret that is long enough but was typed rather than drawn: one character over and over, a pattern
 * that repeats, a placeholder of an example. Undefined: nothing that can be seen.
 */
export function weakness(secret: string | Uint8Array): string | undefined {
  const parts = [...secret];
  if (new Set(parts).size < FEWEST_DIFFERENT) return 'repeats a few characters';
  if (isPattern(parts)) return 'repeats a pattern';
  if (/change[-_ ]?me/i.test(Buffer.from(secret as string).toString('latin1'))) return 'is a placeholder';
  return undefined;
}

/** Whether something of at most half its length, over and over, makes it. */
function isPattern(parts: unknown[]): boolean {
  const repeatsAfter = (length: number) => parts.every((part, i) => i < length || part === parts[i - length]);
  return parts.some((_part, length) => length > 0 && length <= parts.length / 2 && repeatsAfter(length));
}

const REFUSED = [
  [/^https?:\/\/[^/?#]*@/i, 'must not have a user name or password'],
  [/\?/, 'must not have a query'],
  [/#/, 'must not have a fragment'],
  [/^https?:\/\/[^/]*\/./i, 'must not have a path'],
] as const;
const ORIGIN = /^https?:\/\/[^\s/?#@\\]+\/?$/i;
const FORM = 'must be an origin like https://portal.example.com';

/** PUBLIC_URL: an http or https origin (RFC 6454), in the form of WHATWG URL, without a slash at its end. */
export const PublicUrl = z.string().transform((text, context) => {
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (!/^https?:\/\//i.test(text)) return refuse(`${FORM}: it needs http:// or https://`);
  const [, message] = REFUSED.find(([pattern]) => pattern.test(text)) ?? [];
  if (message !== undefined) return refuse(`${message}: it ${FORM}`);
  return ORIGIN.test(text) && URL.canParse(text) ? new URL(text).origin : refuse(FORM);
});

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
