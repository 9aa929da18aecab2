/** A password that is refused for nothing. */
export const PASSWORD = 'four green apples fly slowly';

/** Sends a form of a confirmation link's page, as a browser does. */
export function submitForm(address: string, fields: Record<string, string> | URLSearchParams): Promise<Response> {
  const headers = { 'sec-fetch-site': 'same-origin' };
  return fetch(address, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' });
}

/** Fills the confirmation page's form in, as a browser would send it. */
export function submitPassword(link: string, password = PASSWORD, again = password): Promise<Response> {
  const body = new URLSearchParams({ password, passwordAgain: again });
  return submitForm(link, body);
}
