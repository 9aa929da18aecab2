import { Agent, request } from 'node:http';

/** What a driver talks to. */
export type Target =
  /** The product: its JSON API, and its confirm page. */
  | { kind: 'product'; urls: string[]; portal: string; apiKey: string; password?: string }
  /** The plain stack beside it. */
  | { kind: 'plain'; url: string };

export interface Calls {
  invite(email: string, name: string): Promise<void>;
  confirm(token: string, email: string): Promise<void>;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** How to invite and to confirm there. Both throw an Error that has the answer where it is not the expected one. */
export function createTarget(target: Target): Calls {
  if (target.kind === 'plain') {
    return {
      invite: (email, name) => post(`${target.url}/invite`, { email, name }, [201]),
      confirm: (token) => post(`${target.url}/confirm/${token}`, {}, [200]),
    };
  }
  const { urls, portal, apiKey, password } = target;
  const headers = { Authorization: `Bearer ${apiKey}` };
  let calls = 0;
  const url = () => {
    calls += 1;
    return urls[calls % urls.length]!;
  };
  return {
    invite: (email, name) => post(`${url()}/v1/portals/${portal}/users`, { email, name }, [201], headers),
    confirm: (token, email) => post(`${url()}/confirm/${token}`, password ? { password } : { email }, [200, 303]),
  };
}

function post(url: string, body: unknown, expected: number[], headers: Record<string, string> = {}): Promise<void> {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      agent,
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        'Content-Length': Buffer.byteLength(text),
        ...headers,
      },
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed the idle connection just as it was used again: nothing was asked yet.
      if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(post(url, body, expected, headers));
      else reject(error);
    });
    sent.on('response', (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        answer += part;
      });
      response.on('end', () => {
        if (expected.includes(response.statusCode!)) resolve();
        else reject(new Error(`${response.statusCode} ${answer.slice(0, 300)}`));
      });
    });
    sent.end(text);
  });
}
