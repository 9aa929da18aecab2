/** What stands in the payloads of a history's JSON, which are base64 there. */
export function decodePayloads(json: string): string {
  return [...json.matchAll(/"data":\s*"([A-Za-z0-9+/=]+)"/g)]
    .map(([, data]) => Buffer.from(data!, 'base64').toString())
    .join('\n');
}
