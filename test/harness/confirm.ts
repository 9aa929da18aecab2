/** A password that is refused for nothing. */
export const PASSWORD = 'four green apples fly slowly';

/** Fills the confirmation page's form in, as a browser would send it. */
export function submitPassword(link: string, password = PASSWORD, again = password): Promise<Response> {
  const body = new URLSearchParams({ password, passwordAgain: again });
  return fetch(link, { method: 'POST', body, redirect: 'manual' });
}
