const lastOf = new Map<string, Promise<unknown>>();

/**
 * Carries out, in this process, one piece of work after the other for each key: whoever sends many forms with files at once has
 * the files of one in memory, and nobody else waits.
 */
export async function oneAtATime<T>(key: string, work: () => Promise<T>): Promise<T> {
  const turn = (lastOf.get(key) ?? Promise.resolve()).then(work);
  const over = turn.then(
    () => {},
    () => {},
  );
  lastOf.set(key, over);
  try {
    return await turn;
  } finally {
    if (lastOf.get(key) === over) lastOf.delete(key);
  }
}
