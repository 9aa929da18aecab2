import { expect, test } from '@jest/globals';
import { DriverException } from '@mikro-orm/postgresql';
import { pino } from 'pino';
import { DeadLink, invalidFields, REFUSALS, Refusal } from '../../vocabulary/refusal.ts';
import { problemJson, statusOf, toRefusal } from '../../web/problem.ts';

function withLog() {
  const lines: string[] = [];
  return { lines, logger: pino({}, { write: (line) => void lines.push(line) }) };
}

const withCode = (message: string, code: string) => Object.assign(new Error(message), { code });

test('a problem stays as it is, and is not logged', () => {
  const { logger, lines } = withLog();
  const problem = new Refusal('not_found');
  expect(toRefusal(problem, logger)).toBe(problem);
  expect(lines).toEqual([]);
});

test.each([
  ['no server', withCode('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED')],
  ['a cut connection', new Error('Connection terminated unexpectedly')],
  ['no connection in time', new Error('timeout exceeded when trying to connect')],
  ['no answer in time', new Error('Query read timeout')],
  ['a server that shuts down', withCode('terminating connection due to administrator command', '57P01')],
  ['a server that starts up', withCode('the database system is starting up', '57P03')],
  ['a server that is full', withCode('sorry, too many clients already', '53300')],
  ['a server that only reads', withCode('cannot execute INSERT in a read-only transaction', '25006')],
  ['a disk that is full', withCode('could not extend file', '53100')],
  ['memory that is used up', withCode('out of memory', '53200')],
  ['a serialization failure', withCode('could not serialize access', '40001')],
  ['a deadlock', withCode('deadlock detected', '40P01')],
  ['a database that was dropped under its connections', withCode('terminating connection', '57P04')],
  ['a name that is not resolved just now', withCode('getaddrinfo EAI_AGAIN postgres', 'EAI_AGAIN')],
  ['a network that is unreachable', withCode('connect ENETUNREACH 10.0.0.1:5432', 'ENETUNREACH')],
  ['a lost connection, by its SQL state', withCode('connection failure', '08006')],
  ['several addresses, all refused', new AggregateError([withCode('refused', 'ECONNREFUSED')])],
  ['one of these inside another error', new Error('select 1 failed', { cause: withCode('reset', 'ECONNRESET') })],
  ['one of these as the driver wraps it', new DriverException(withCode('reset', 'ECONNRESET'))],
])('of Postgres, %s means: try again', (_title, error) => {
  const { logger, lines } = withLog();
  const problem = toRefusal(error, logger);
  const { code, details } = problem;
  const status = statusOf(problem);
  expect([code, status, details.retryAfter]).toEqual(['unavailable', 503, 5]);
  expect(lines).toEqual([]);
});

test.each([
  ['a statement that breaks a rule', withCode('duplicate key value (jane@example.com)', '23505')],
  ['a statement that speaks another protocol', withCode('invalid message format: jane@example.com', '08P01')],
  ['a bug', new TypeError("Cannot read properties of undefined (reading 'jane@example.com')")],
  ['an error that says it is a success', Object.assign(new Error('jane@example.com'), { status: 200 })],
])('of %s, callers learn nothing, and the log where but not with which values', (_title, error) => {
  const { logger, lines } = withLog();
  const problem = toRefusal(error, logger);
  expect(JSON.parse(JSON.stringify(problemJson(problem)))).toEqual({
    type: 'urn:portal-invitations:problem:internal_error',
    title: REFUSALS.internal_error,
    code: 'internal_error',
    status: 500,
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('problem-of.test.ts');
  expect(lines[0]).not.toContain('jane@example.com');
});

test.each([
  [413, { type: 'entity.too.large' }, 'payload_too_large'],
  [415, { type: 'charset.unsupported' }, 'unsupported_media_type'],
  [400, { type: 'entity.parse.failed' }, 'invalid_request'],
  [400, {}, 'invalid_request'],
])('an error %i of a body or an address is the fault of the call', (status, more, code) => {
  const { logger, lines } = withLog();
  const error = Object.assign(new Error('Unexpected token in jane@example.com'), { status }, more);
  expect(JSON.stringify(problemJson(toRefusal(error, logger)))).not.toContain('jane');
  expect(problemJson(toRefusal(error, logger))).toMatchObject({ code, status });
  expect(lines).toEqual([]);
});

test('a problem tells its type, title, code and status, and what helps', () => {
  const problem = new DeadLink('deactivated', { detail: 'Why', retryAfter: 3, portalUserId: 'x' });
  expect(JSON.parse(JSON.stringify(problemJson(problem)))).toEqual({
    type: 'urn:portal-invitations:problem:deactivated',
    title: 'The portal user is deactivated',
    code: 'deactivated',
    status: 410,
    detail: 'Why',
    retryAfter: 3,
    portalUserId: 'x',
  });
  expect(statusOf(invalidFields([{ field: 'name', message: 'x' }]))).toBe(400);
});
