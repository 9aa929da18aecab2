import { proxyBackgroundActivities } from './background-activities.ts';

/** A hundred thousand rows at the pace at which their mails go out. */
const WHOLE_TIMEOUT = '12 hours';
/** A worker that died is noticed within this; another goes on where it was. */
const HEARTBEAT_TIMEOUT = '15 seconds';
const MAX_INTERVAL = '30 seconds';

const { carryOutBulkAction } = proxyBackgroundActivities({
  startToCloseTimeout: WHOLE_TIMEOUT,
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: MAX_INTERVAL },
});

/** One action on many portal users. Its rows in Postgres say how far it is, so an attempt goes on where the last one ended. */
export async function bulkAction({ bulkActionId }: { bulkActionId: string }): Promise<void> {
  await carryOutBulkAction({ bulkActionId });
}
