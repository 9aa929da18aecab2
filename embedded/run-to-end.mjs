import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { onStopRequest } from './on-stop-request.mjs';

/** The child promises to stop within 10 s; one that has not by then never will. */
const KILL_AFTER_MS = 12_000;

/**
 * Runs a program with our terminal and a channel, whose closing tells it that we are gone. Passes requests to stop on to
 * it. Resolves to its exit code, 128 + n when a signal ended it; rejects when it cannot be run.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<number>}
 */
export function runToEnd(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    onStopRequest((signal) => {
      child.kill(signal);
      setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref();
    });
    child.once('error', (error) =>
      reject(new Error(`${command} does not run (${error.code}): delete node_modules and try again.`)),
    );
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
