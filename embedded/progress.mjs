// Plain JavaScript, because the bootstrap uses it on whatever Node the machine has.

/** Often enough that a live line is seen to live. */
const LIVE_EVERY_MS = 1_000;
/** In a log file, a line this often is enough to see that it goes on. */
const LINE_EVERY_MS = 10_000;

/**
 * Shows that a long step is alive: what it does and the seconds so far. On a terminal that is one live line, elsewhere a
 * line at the start, every 10 s, and at the end. Does not keep the process alive.
 *
 * @param {string} what
 * @param {NodeJS.WriteStream} out
 */
export function startStep(what, out = process.stdout) {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1_000);
  let current = what;
  let ended = false;
  const show = () => out.write(out.isTTY ? `\r\x1b[K${current} … ${seconds()} s` : `${current} … ${seconds()} s\n`);
  const write = (line) => out.write(`${out.isTTY && !ended ? '\r\x1b[K' : ''}${line}\n`);
  const timer = setInterval(show, out.isTTY ? LIVE_EVERY_MS : LINE_EVERY_MS).unref();
  show();
  const end = () => {
    clearInterval(timer);
    ended = true;
  };
  return {
    seconds,
    now(next) {
      if (next === current) return;
      current = next;
      show();
    },
    note(line) {
      write(line);
      if (out.isTTY && !ended) show();
    },
    done(line = `${current}: done in ${seconds()} s`) {
      write(line);
      end();
    },
    fail() {
      if (out.isTTY && !ended) out.write('\n');
      end();
    },
  };
}
