import { z } from 'zod';

const BOOLEAN = /^(true|false)$/;
const COUNT = /^[1-9]\d{0,8}$/;
/** Options of nodemailer that may be set in the query. It silently skips the ones that it does not have. */
const PARAMETERS: Record<string, RegExp> = {
  requireTLS: BOOLEAN,
  ignoreTLS: BOOLEAN,
  name: /^[\w.:[\]-]{1,255}$/,
  authMethod: /^(PLAIN|LOGIN|CRAM-MD5)$/,
  localAddress: /^[\d.:a-f]{2,45}$/i,
  maxConnections: COUNT,
  maxMessages: COUNT,
  rateLimit: COUNT,
  rateDelta: COUNT,
  connectionTimeout: COUNT,
  greetingTimeout: COUNT,
  socketTimeout: COUNT,
  'tls.rejectUnauthorized': BOOLEAN,
  'tls.servername': /^[\w.-]{1,253}$/,
  'tls.minVersion': /^TLSv1\.[0-3]$/,
  'tls.maxVersion': /^TLSv1\.[0-3]$/,
};
const FORM =
  'must be like smtp://user:password@mail.example.com:587 or smtps://…, with special characters percent-encoded';

/** SMTP_URL: a mail server, with parameters that are all in force. */
export const SmtpUrl = z.string().superRefine((text, context) => {
  const message = wrongIn(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** What is wrong with it, without quoting it: it may hold a password. */
function wrongIn(text: string): string | undefined {
  // `mail.example.com:25` is a URL, too: one whose scheme is `mail.example.com` and which names no host.
  const url = URL.parse(text);
  const isPlain = url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== '';
  if (!isPlain || url.hash !== '' || !['', '/'].includes(url.pathname)) return FORM;
  const names = [...url.searchParams.keys()];
  const unknown = names.find((name) => !Object.hasOwn(PARAMETERS, name));
  if (unknown !== undefined) {
    const shown = /^[\w.]{1,40}$/.test(unknown) ? unknown : 'with an unusual name';
    return `the parameter ${shown} is not supported: it would have no effect`;
  }
  if (new Set(names).size !== names.length) return 'a parameter is there twice';
  const wrong = names.find((name) => !PARAMETERS[name]!.test(url.searchParams.get(name)!));
  if (wrong !== undefined) return `the parameter ${wrong} has a value that it cannot have`;
  const isTrue = (name: string) => url.searchParams.get(name) === 'true';
  return isTrue('requireTLS') && isTrue('ignoreTLS') ? 'requireTLS and ignoreTLS contradict each other' : undefined;
}
