import { readFileSync } from 'node:fs';
import type { WorkerOptions } from '@temporalio/worker';

/** As the Temporal UI names what these workers belong to. */
const DEPLOYMENT_NAME = 'portal-invitations';
const PACKAGE_VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

/**
 * Reports the release of a worker to Temporal. Tasks are not routed by it: every release takes every task (patches keep
 * workflows compatible), and no operator has to name a current version before work is done.
 */
export function releaseOptions(buildId = PACKAGE_VERSION): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  const version = { deploymentName: DEPLOYMENT_NAME, buildId };
  return { workerDeploymentOptions: { version, useWorkerVersioning: false } };
}
