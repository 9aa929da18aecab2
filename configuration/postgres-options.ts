import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { type ClientConfig, defaults } from 'pg';
import { parse } from 'pg-connection-string';
import { z } from 'zod';

/** Parameters of a connection URI (PostgreSQL, section 32.1.2) that are in force on every connection. */
const SUPPORTED = [
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslnegotiation',
  'host',
  'application_name',
  'fallback_application_name',
  'options',
];
/** `prefer` and `allow` are refused: with them nobody could say whether a connection is encrypted. */
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'];
const FILES = ['sslrootcert', 'sslcert', 'sslkey'] as const;
/** Variables of libpq that stand in for a missing parameter. `pg` reads only the first of them, and in a sense of its own. */
const FROM_ENVIRONMENT = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
};
/** Of .env.example. */
const EXAMPLE_PASSWORD = 'change-me';
const FORM = 'must be like postgres://user:password@host:5432/database, with special characters percent-encoded';

/**
 * What DATABASE_URL says, for `pg`: every connection to PostgreSQL is made with it. `sslmode` means what it means for libpq
 * (PostgreSQL, section 32.19.3); without it, connections are not encrypted. Reads the certificates' files.
 *
 * @throws Error in one line, without the URL: of what is malformed, of a parameter that would not be in force, of a file
 * that cannot be read
 */
export function postgresOptions(text: string, environment: NodeJS.ProcessEnv = process.env): ClientConfig {
  const url = readUrl(text);
  const parameters = readParameters(url, environment);
  const { sslmode = 'disable', sslrootcert } = parameters;
  requireMeaning(parameters);
  if (url.hostname !== '' && parameters.host) throw new Error('names its host twice: leave out the parameter host');

  // The system's certificate authorities are those of Node.js, which it uses by itself.
  if (sslrootcert === 'system') delete parameters.sslrootcert;
  for (const name of FILES) if (parameters[name] !== undefined) requireFile(name, parameters[name]);
  url.search = new URLSearchParams({ ...parameters, sslmode }).toString();
  const { ssl, host, port, user, password, database, ...rest } = parse(url.href, { useLibpqCompat: true });
  const tls = typeof ssl === 'object' && (ssl as ConnectionOptions);
  if (tls) requireUsable(tls);
  return {
    host: host || environment.PGHOST || 'localhost',
    port: Number(port || environment.PGPORT || defaults.port),
    user: user || environment.PGUSER || defaults.user!,
    ...(password && { password }),
    database: database!,
    // The name to verify: without it, a certificate for `localhost` would do for any IP address.
    ssl: tls && { ...tls, host: host ?? 'localhost' },
    ...pick(rest, ['sslnegotiation', 'application_name', 'fallback_application_name', 'options']),
  };
}

/** The same as a setting that is validated with the others, which stays the URL. */
export const DatabaseUrl = z.string().superRefine((url, context) => {
  try {
    if (postgresOptions(url).password === EXAMPLE_PASSWORD) {
      throw new Error(`its password is ${EXAMPLE_PASSWORD}, as in .env.example: choose another one`);
    }
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

function readUrl(text: string): URL {
  const hosts = /^[^/]*\/\/([^/?#]*@)?([^/?#]*)/.exec(text)?.[2] ?? '';
  if (hosts.includes(',')) throw new Error('must name one host: a list of hosts is not supported');
  // WHATWG URL rejects `user@/database`, which libpq allows.
  const url = URL.parse(text);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hash !== '') throw new Error(FORM);
  try {
    for (const part of [url.username, url.password, url.hostname, url.pathname]) decodeURIComponent(part);
  } catch {
    throw new Error(FORM);
  }
  if (!/^\/[^/]+$/.test(url.pathname)) throw new Error(`must name a database: it ${FORM}`);
  return url;
}

type Parameters = Record<string, string>;

function readParameters(url: URL, environment: NodeJS.ProcessEnv): Parameters {
  const names = [...url.searchParams.keys()];
  for (const [i, name] of names.entries()) {
    if (!SUPPORTED.includes(name)) {
      throw new Error(`the parameter ${printable(name)} is not supported: it would have no effect`);
    }
    if (names.indexOf(name) !== i) throw new Error(`the parameter ${name} is there twice`);
  }
  const parameters = Object.fromEntries(url.searchParams);
  if (parameters.sslmode === 'disable') return parameters;
  for (const [name, variable] of Object.entries(FROM_ENVIRONMENT)) {
    const value = environment[variable];
    if (value) parameters[name] ??= value;
  }
  return parameters;
}

/** A name comes from a URL that may be mistyped so that its password is in it: only what looks like a name is shown. */
function printable(name: string): string {
  return /^\w{1,40}$/.test(name) ? name : 'with an unusual name';
}

function requireMeaning({ sslmode, sslrootcert, sslcert, sslkey, sslnegotiation, options = '' }: Parameters): void {
  if (sslmode !== undefined && !SSL_MODES.includes(sslmode)) {
    throw new Error(`sslmode must be one of ${SSL_MODES.join(', ')}`);
  }
  const encrypts = sslmode !== undefined && sslmode !== 'disable';
  const useless = Object.entries({ sslrootcert, sslcert, sslkey, sslnegotiation }).find(([, value]) => value);
  if (!encrypts && useless)
    throw new Error(`${useless[0]} has no effect without sslmode=require, verify-ca or verify-full`);
  if (sslmode === 'verify-ca' && !sslrootcert) throw new Error('sslmode=verify-ca needs sslrootcert');
  if (sslrootcert === 'system' && sslmode !== 'verify-full') {
    throw new Error('sslrootcert=system needs sslmode=verify-full'); // as libpq: anybody may have a certificate of these
  }
  if (Boolean(sslcert) !== Boolean(sslkey)) throw new Error('sslcert and sslkey need each other');
  if (sslnegotiation !== undefined && !['postgres', 'direct'].includes(sslnegotiation)) {
    throw new Error('sslnegotiation must be postgres or direct');
  }
  if (/statement_timeout/i.test(options))
    throw new Error('statement_timeout in options is not supported: it would have no effect');
}

function requireFile(name: string, path: string): void {
  try {
    readFileSync(path);
  } catch (error) {
    throw new Error(`${name} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** OpenSSL would pass over a file of authorities that holds none. */
function requireUsable({ ca, cert, key }: ConnectionOptions): void {
  try {
    if (ca !== undefined) new X509Certificate(ca as string);
  } catch {
    throw new Error('sslrootcert holds no certificate in PEM format');
  }
  try {
    createSecureContext({ ...(cert && { cert }), ...(key && { key }) });
  } catch (error) {
    throw new Error(`sslcert and sslkey cannot be used: ${(error as Error).message}`);
  }
}

function pick(from: Record<string, unknown>, names: string[]): ClientConfig {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));
}
