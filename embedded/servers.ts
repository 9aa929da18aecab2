import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../vocabulary/workflows.ts';
import { logFile } from './log-file.ts';
import { type RunningMailbox, startMailbox } from './mailbox.ts';
import { type RunningPostgres, startPostgres, stopLeftoverPostgres } from './postgres.ts';
import type { Settings } from './settings.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import { type RunningTemporal, startTemporal, stopLeftoverTemporal, TEMPORAL_SETTINGS } from './temporal.ts';

export interface ServersOptions {
  settings: Settings;
  postgresPassword: string;
  /** The Temporal CLI; without it no Temporal is started. */
  temporalBinary: string | undefined;
  onEvent: (line: string) => void;
  /** Gives up while starting. */
  signal: AbortSignal;
}

/** The embedded servers that are wanted; where the user brought his own there is none. */
export interface Servers {
  postgres: RunningPostgres | undefined;
  temporal: RunningTemporal | undefined;
  mailbox: RunningMailbox | undefined;
  /** Stops them all at once. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded servers at once, their data and logs in the data folder. Throws a one-line Error when one of them does
 * not start; none is left running then.
 */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const { settings, postgresPassword: password, temporalBinary: binary, onEvent } = options;
  const { dataDir, ports, external } = settings;
  mkdirSync(dataDir, { recursive: true });
  const servers = await startTogether<{
    postgres: RunningPostgres;
    temporal: RunningTemporal;
    mailbox: RunningMailbox;
  }>(options.signal, {
    postgres: external.databaseUrl
      ? undefined
      : (signal) =>
          startPostgres({
            dataDir: postgresFolder(dataDir),
            port: ports.POSTGRES_PORT,
            password,
            logFile: logFile(dataDir, 'postgres'),
            onEvent,
            signal,
          }),
    temporal:
      binary === undefined
        ? undefined
        : (signal) =>
            startTemporal({
              binary,
              port: ports.TEMPORAL_PORT,
              uiPort: ports.TEMPORAL_UI_PORT,
              databaseFile: temporalDatabase(dataDir),
              dynamicConfig: TEMPORAL_SETTINGS,
              searchAttributes: Object.fromEntries(Object.values(SEARCH_ATTRIBUTES).map((name) => [name, 'Keyword'])),
              logFile: logFile(dataDir, 'temporal'),
              onEvent,
              signal,
            }),
    mailbox: external.smtpUrl
      ? undefined
      : (signal) =>
          startMailbox({
            smtpPort: ports.SMTP_PORT,
            webPort: ports.MAILBOX_PORT,
            mailDir: join(dataDir, 'mails'),
            logFile: logFile(dataDir, 'mailbox'),
            onEvent,
            signal,
          }),
  });
  const stop = async () => {
    await Promise.all(Object.values(servers).map((server) => server?.stop()));
  };
  return { ...servers, stop };
}

/** Stops the servers of an earlier run on this data folder whose every guardian was killed. Safe to repeat. */
export async function stopLeftovers(dataDir: string): Promise<void> {
  await Promise.all([stopLeftoverPostgres(postgresFolder(dataDir)), stopLeftoverTemporal(temporalDatabase(dataDir))]);
}

function postgresFolder(dataDir: string): string {
  return join(dataDir, 'postgres');
}

function temporalDatabase(dataDir: string): string {
  return join(dataDir, 'temporal.db');
}

/** Starts one process; gives up when the signal fires. */
type Start<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Starts several processes at once; those not wanted are undefined. All or none: when one does not start, or `signal` fires,
 * the others are given up or stopped, and the first failure is thrown.
 */
export async function startTogether<T extends Record<string, SupervisedProcess>>(
  signal: AbortSignal,
  starts: { [K in keyof T]: Start<T[K]> | undefined },
): Promise<{ [K in keyof T]: T[K] | undefined }> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const outcomes = await Promise.allSettled(
    Object.entries(starts).map(async ([name, start]) => {
      try {
        return [name, await start?.(either)] as const;
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    }),
  );
  const started = outcomes.filter((outcome) => outcome.status === 'fulfilled').map((outcome) => outcome.value);
  if (started.length === outcomes.length) return Object.fromEntries(started) as { [K in keyof T]: T[K] | undefined };
  await Promise.all(started.map(([, running]) => running?.stop()));
  throw failed.signal.reason;
}
