/**
 * A signal that fires when this process is asked to end: SIGINT, SIGTERM, SIGHUP, or the end of the process that started us
 * (the channel to it closes, even by kill -9). Asking again, as an impatient Ctrl-C does, changes nothing.
 */
export function stopRequested(): AbortSignal {
  const stopping = new AbortController();
  const stop = () => stopping.abort(new Error('Stopped.'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  if (process.connected === false) stop();
  return stopping.signal;
}
