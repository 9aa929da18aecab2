/** Reasons of OpenSSL and Node.js why a certificate is not trusted, and that TLS failed. */
const TLS_CODES =
  /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_|EPROTO)/;
/**
 * What a server says instead of letting us in (PostgreSQL, appendix A): connection exceptions, invalid authorization, no
 * such database, insufficient resources, starting up or shutting down. These quote users and databases, never rows.
 */
const SQL_STATES = /^(08(?!P)\w{3}|28\w{3}|3D000|53\w{3}|57P0[123])$/;
/** What `pg` says without a code. */
const DRIVER_MESSAGES =
  /does not support SSL connections|establishing an SSL connection|timeout exceeded when trying to connect|timeout expired|Connection terminated|^SASL: /;
const CONNECTING = new Set(['connect', 'getaddrinfo']);

/**
 * Why a connection to a server could not be made, in the words of the system, of TLS, or of PostgreSQL. They name hosts,
 * ports, users and databases, but no personal data and no password, so they may be logged. Undefined for any other error,
 * whose message may quote anything.
 */
export function connectionFailure(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, syscall, message = '', cause, errors = [cause] } = error as Partial<ConnectionError>;
  const coded = typeof code === 'string' && (TLS_CODES.test(code) || SQL_STATES.test(code));
  const said = coded || CONNECTING.has(syscall ?? '') || DRIVER_MESSAGES.test(message);
  if (said && message !== '') return message;
  // Where every address of a host refuses, Node.js says nothing itself, but has an error for each.
  const inner = errors.map(connectionFailure).filter((words) => words !== undefined);
  return inner.length > 0 ? inner.join('; ') : undefined;
}

interface ConnectionError {
  code: unknown;
  syscall: string;
  message: string;
  cause: unknown;
  errors: unknown[];
}
