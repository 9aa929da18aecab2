// biome-ignore-all lint/suspicious/noExplicitAny: tests look into answers of every shape

export interface ApiAnswer {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON. */
  body: any;
}

/** An answer to come; `expecting` makes another status a failure that shows the body. */
export interface PendingAnswer extends Promise<ApiAnswer> {
  expecting(status: number): Promise<ApiAnswer>;
}

export interface ApiClient {
  get(path: string, headers?: Record<string, string>): PendingAnswer;
  post(path: string, body?: unknown, headers?: Record<string, string>): PendingAnswer;
  patch(path: string, body?: unknown, headers?: Record<string, string>): PendingAnswer;
  delete(path: string): PendingAnswer;
}

/** Calls the API over HTTP with a key. Strings and buffers are sent as they are, everything else as JSON. */
export function apiClient(url: string, key: string | undefined, prefix = ''): ApiClient {
  const call =
    (method: string) =>
    (path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const raw = typeof body === 'string' || Buffer.isBuffer(body);
      const answer = request(`${url}${prefix}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
      });
      return Object.assign(answer, {
        async expecting(status: number) {
          const got = await answer;
          if (got.status === status) return got;
          throw new Error(`${method} ${path}: ${got.status} ${JSON.stringify(got.body)}, expected ${status}`);
        },
      });
    };
  return {
    get: (path, headers) => call('GET')(path, undefined, headers),
    post: call('POST'),
    patch: call('PATCH'),
    delete: call('DELETE'),
  };
}

async function request(url: string, init: RequestInit): Promise<ApiAnswer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
