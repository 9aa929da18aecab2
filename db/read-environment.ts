import type { z } from 'zod';

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
