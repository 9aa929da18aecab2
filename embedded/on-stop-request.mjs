import { isParentGone } from './is-parent-gone.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** How soon we notice that our parent is gone. */
const PARENT_POLL_MS = 500;

/**
 * Calls `stop` with a signal's name for every signal that asks us to end, and once when our parent is gone, even by kill -9
 * (somebody kills npm). Does not keep the process alive. Returns what ends the watch.
 *
 * @param {(signal: string) => void} stop
 * @returns {() => void}
 */
export function onStopRequest(stop) {
  for (const signal of SIGNALS) process.on(signal, stop);
  const watch = setInterval(() => {
    if (!isParentGone()) return;
    clearInterval(watch);
    stop('SIGTERM');
  }, PARENT_POLL_MS).unref();
  return () => {
    for (const signal of SIGNALS) process.removeListener(signal, stop);
    clearInterval(watch);
  };
}
