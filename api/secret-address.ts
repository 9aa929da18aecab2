import type { RequestHandler } from 'express';

/**
 * The `Referrer-Policy` of pages whose address is a secret, as that of a mailed link is: what they load and lead to learns the
 * origin alone. Under `no-referrer` a form's `Origin` would be `null` (Referrer Policy, section 3.5; Fetch, section 3.1).
 */
export const SECRET_ADDRESS_POLICY = 'strict-origin';

/** Keeps the address of a page out of the `Referer` of every request that the page makes. */
export const keepAddressSecret: RequestHandler = (_request, response, next) => {
  response.set('Referrer-Policy', SECRET_ADDRESS_POLICY);
  next();
};
