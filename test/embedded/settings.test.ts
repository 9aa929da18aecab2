import { readSettings } from '../../embedded/settings.ts';

test('without any variable the well-known ports and .data are used', () => {
  const { ports, publicUrl, dataDir, external } = readSettings({ PORT: '' });
  expect(ports).toEqual({
    PORT: 3000,
    TEMPORAL_PORT: 7233,
    TEMPORAL_UI_PORT: 8233,
    POSTGRES_PORT: 5432,
    SMTP_PORT: 1025,
    MAILBOX_PORT: 1080,
  });
  expect(publicUrl).toBe('http://localhost:3000');
  expect(dataDir).toMatch(/\/\.data$/);
  expect(external).toEqual({});
});

test('the public URL follows the port', () => {
  expect(readSettings({ PORT: '4000' }).publicUrl).toBe('http://localhost:4000');
});

test.each([
  [{ PORT: 'abc' }, 'PORT must be a port number from 1 to 65535, not "abc".'],
  [{ SMTP_PORT: '0' }, 'SMTP_PORT must be a port number from 1 to 65535, not "0".'],
  [{ MAILBOX_PORT: '70000' }, 'MAILBOX_PORT must be a port number from 1 to 65535, not "70000".'],
  [{ TEMPORAL_ADDRESS: 'http://x' }, 'TEMPORAL_ADDRESS must be host:port, not "http://x".'],
  [
    { DATABASE_URL: 'mysql://root:secret@db/x' },
    'DATABASE_URL must be a URL like postgresql://user:password@host:5432/database.',
  ],
])('%j is refused in one line that names the variable and shows no password', (env, line) => {
  expect(() => readSettings(env)).toThrow(new Error(line));
});
