const open = new Set<AsyncDisposableStack>();

/** What a section starts belongs on it: with it, or where the run is interrupted, all of that stops again, the latest first. */
export function openStage(): AsyncDisposableStack {
  const stage = new AsyncDisposableStack();
  stage.defer(() => void open.delete(stage));
  open.add(stage);
  return stage;
}

/** Stops whatever is started at the moment. Safe to repeat. */
export async function closeStages(): Promise<void> {
  await Promise.all([...open].map((stage) => stage.disposeAsync()));
}
