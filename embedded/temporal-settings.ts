/**
 * What a Temporal server on one machine gains from, for this load (docs/performance.md has the figures). The same as in
 * `temporal-settings.yaml`, which docker-compose.yml hands to its server.
 */
export const TEMPORAL_SETTINGS = {
  /** One partition: a task finds the poller that waits for it, without being passed on. */
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  /** Who completes a workflow task gets the activity that it begins with the answer. */
  'system.enableActivityEagerExecution': true,
  /**
   * What search attributes there are is asked once a minute: the dev server would ask its database some 20 times for each
   * workflow. One that is added to a running server is known within a minute.
   */
  'system.forceSearchAttributesCacheRefreshOnRead': false,
} as const;
