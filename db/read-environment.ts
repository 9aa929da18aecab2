import type { z } from 'zod';

/**
 * A process's settings from its environment; an empty variable counts as unset.
 *
 * @throws Error with a line for every variable that is missing or wrong, without its value
 */
export function readEnvironment<Settings extends z.ZodType>(
  settings: Settings,
  environment: NodeJS.ProcessEnv,
): z.output<Settings> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = settings.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ code, path: [name], message }) =>
    code === 'invalid_type' && given[String(name)] === undefined
      ? `${String(name)} is not set`
      : `${String(name)}: ${message}`,
  );
  throw configurationError(lines);
}

/** What a process says before it ends: a line for every variable that is missing or wrong. */
export function configurationError(lines: string[]): Error {
  return new Error(`Configuration (see README.md):\n  ${lines.join('\n  ')}`);
}
