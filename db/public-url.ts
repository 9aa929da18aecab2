import { z } from 'zod';

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
