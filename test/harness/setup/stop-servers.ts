import { rmSync } from 'node:fs';
import { servers } from './servers.ts';

/** After all tests. */
export default async function stopServers(): Promise<void> {
  await servers.stop?.();
  if (servers.dataDir !== undefined) rmSync(servers.dataDir, { recursive: true, force: true });
}
