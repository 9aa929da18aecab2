import { TestWorkflowEnvironment } from '@temporalio/testing';

/** The SDK's download waits for ever where packets are dropped, so its host is tried first, for this long. */
const REACHABLE_LIMIT_MS = 10_000;

// A program of its own, so that the SDK's native part, which cannot be interrupted, can be ended from outside:
// `sdk-download.ts <folder> <version>` leaves the CLI in the folder, or fails.
const [folder, version] = process.argv.slice(2);
if (!folder || !version) throw new Error('usage: sdk-download.ts <folder> <version>');

await fetch('https://temporal.download', { method: 'HEAD', signal: AbortSignal.timeout(REACHABLE_LIMIT_MS) });
const executable = { type: 'cached-download', downloadDir: folder, version } as const;
const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
await environment.teardown();
