import { Agent, get as request } from 'node:http';
import { text } from 'node:stream/consumers';

const agent = new Agent({ keepAlive: true });

/** Reads a page over a connection that is kept. @throws Error where the answer is not 200 */
export function get(url: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (response) => {
      text(response).then((body) => {
        if (response.statusCode === 200) return resolve(body);
        const { pathname, search } = new URL(url);
        reject(new Error(`${pathname}${search} answered ${response.statusCode}`));
      }, reject);
    }).on('error', reject);
  });
}
