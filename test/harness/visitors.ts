/** A route as it is declared. */
export interface Route {
  method: string;
  /** `/v1/portals/:portal/users/:id` */
  path: string;
}

interface Answer {
  status: number;
  location: string | null;
  text: string;
}

/** Sends a request to an address of a route, as somebody. */
export type Visitor = (route: Route, address: string, fields?: Record<string, string | string[]>) => Promise<Answer>;

/** A program that sends a key, and no cookies. */
export function withKey(url: string, key: string): Visitor {
  return (route, address, fields) =>
    send(url + address, route, fields, { authorization: `Bearer ${key}`, 'sec-fetch-site': 'same-origin' });
}

/** A browser, with the cookies that it has at the moment of each call. */
export function withCookies(url: string, cookies: () => string[][]): Visitor {
  return (route, address, fields) => {
    const cookie = cookies().map((pair) => pair.join('='));
    return send(url + address, route, fields, { cookie: cookie.join('; '), 'sec-fetch-site': 'same-origin' });
  };
}

async function send(
  address: string,
  { method, path }: Route,
  fields: Record<string, string | string[]> = {},
  headers: Record<string, string>,
): Promise<Answer> {
  const isJson = path.startsWith('/v1/');
  const form = new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])),
  );
  const hasBody = method === 'post' || method === 'patch';
  const aborter = new AbortController();
  const response = await fetch(address, {
    method: method.toUpperCase(),
    redirect: 'manual',
    signal: aborter.signal,
    headers: { ...headers, ...(isJson && { 'content-type': 'application/json' }) },
    ...(hasBody && { body: isJson ? JSON.stringify(fields) : form }),
  });
  const { status } = response;
  const location = response.headers.get('location');
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    aborter.abort(); // it never ends
    return { status, location, text: '' };
  }
  return { status, location, text: await response.text() };
}
