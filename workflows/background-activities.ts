import { type ActivityInterfaceFor, type ActivityOptions, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { backgroundTaskQueue } from './vocabulary.ts';

type BackgroundActivities = Omit<
  Activities,
  'sendInvitationEmail' | 'sendRequestEmail' | 'sendPasswordReset' | 'sendAccountEmail'
>;

/**
 * All activities but the sends that wait minutes for a slow mail server. They have a task queue of their own, so that a mail
 * server that hangs does not hold them up. Its name follows that of the workflow's task queue, which is known only while a workflow runs.
 */
export function proxyBackgroundActivities(options: ActivityOptions): ActivityInterfaceFor<BackgroundActivities> {
  return new Proxy({} as ActivityInterfaceFor<BackgroundActivities>, {
    get:
      (_target, name: keyof BackgroundActivities) =>
      (...args: never[]) => {
        const taskQueue = backgroundTaskQueue(workflowInfo().taskQueue);
        const activity = proxyActivities<BackgroundActivities>({ ...options, taskQueue })[name] as CallableFunction;
        return activity(...args);
      },
  });
}
