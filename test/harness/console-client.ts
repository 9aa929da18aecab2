import { OPERATOR_PASSWORD } from './rows.ts';

/** A page of the console as a browser without scripts would get it. */
export interface ConsoleAnswer {
  status: number;
  headers: Headers;
  location: string | null;
  html: string;
}

/** Acts as a browser does towards the console: keeps cookies, says where it comes from, follows nothing by itself. */
export interface ConsoleClient {
  get(path: string, headers?: Record<string, string>): Promise<ConsoleAnswer>;
  /** Sends a form; a field may have several values. */
  post(
    path: string,
    fields?: Record<string, string | string[]>,
    headers?: Record<string, string>,
  ): Promise<ConsoleAnswer>;
  signIn(email: string, password?: string): Promise<ConsoleAnswer>;
  cookies: Map<string, string>;
}

export function consoleClient(url: string): ConsoleClient {
  const cookies = new Map<string, string>();

  async function call(path: string, init: RequestInit, headers: Record<string, string>): Promise<ConsoleAnswer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url + path, {
      redirect: 'manual',
      ...init,
      headers: { accept: 'text/html', cookie, ...headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      cookies.set(name!, value!);
    }
    const { status } = response;
    return {
      status,
      headers: response.headers,
      location: response.headers.get('location'),
      html: await response.text(),
    };
  }

  const client: ConsoleClient = {
    cookies,
    get: (path, headers = {}) => call(path, {}, headers),
    post: (path, fields = {}, headers = {}) => {
      const body = new URLSearchParams(
        Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])),
      );
      return call(path, { method: 'POST', body }, { 'sec-fetch-site': 'same-origin', ...headers });
    },
    signIn: (email, password = OPERATOR_PASSWORD) => client.post('/console/sign-in', { email, password }),
  };
  return client;
}
