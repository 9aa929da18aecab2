import pRetry from 'p-retry';
import { Client } from 'pg';
import type { Logger } from 'pino';
import { postgresOptions } from '../configuration/postgres-options.ts';
import { connectionReport, reasonOf } from '../db/connection-failure.ts';
import { PORTAL_USER_CHANGED } from '../db/entities/portal-user.ts';

/** A connection that is dropped without a word is noticed by TCP, from then on. */
const KEEP_ALIVE_DELAY_MS = 10_000;
const CONNECT_TIMEOUT_MS = 1_500;
/** A Postgres that comes back is noticed within this. */
const MAX_RECONNECT_MS = 2_000;

/** What a listener is told. */
export interface ChangeListener {
  /** This portal user's row was changed. */
  changed(portalUserId: string): void;
  /** Some changes may have gone by: look at everything again. */
  missed(): void;
  /** Nothing more will come. */
  closed(): void;
}

/** Tells of changed portal users, whichever process changed them. */
export interface PortalUserChanges {
  /**
   * Listens to one portal's changes, and catches up with those since a moment: what a page shows is older than its listening.
   *
   * @param since milliseconds since 1970
   * @returns what ends it
   */
  subscribe(portalId: string, since: number, listener: ChangeListener): () => void;
  close(): Promise<void>;
}

/** Listens to Postgres (LISTEN), on a connection of its own that is made with the first listener and made again when lost. */
export function createPortalUserChanges(databaseUrl: string, logger: Logger): PortalUserChanges {
  const listeners = new Map<ChangeListener, string>();
  const recent = recentChanges();
  const report = connectionReport('PostgreSQL, to listen for changes,', (line) => logger.warn(line));
  const closing = new AbortController();
  let connection: Client | undefined;
  let running: Promise<void> | undefined;

  /** `ended` is there from the beginning: an end in the very moment of its making is an end, too. */
  async function connect(): Promise<{ client: Client; ended: Promise<unknown> }> {
    const client = new Client({
      ...postgresOptions(databaseUrl),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    });
    client.on('error', () => {}); // its end is awaited below
    const ended = new Promise((resolve) => client.once('end', resolve));
    client.on('notification', ({ payload = '' }) => {
      const [portalId, portalUserId] = payload.split('/') as [string, string];
      recent.add(portalId, portalUserId);
      for (const [listener, of] of listeners) if (of === portalId) listener.changed(portalUserId);
    });
    try {
      await client.connect();
      await client.query(`listen ${PORTAL_USER_CHANGED}`);
    } catch (error) {
      report.failed(reasonOf(error));
      await client.end();
      throw error;
    }
    return { client, ended };
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const { client, ended } = await pRetry(connect, {
        retries: Number.POSITIVE_INFINITY,
        maxTimeout: MAX_RECONNECT_MS,
        signal: closing.signal,
      });
      report.worked();
      connection = client;
      if (closing.signal.aborted) await client.end();
      recent.begin();
      for (const listener of listeners.keys()) listener.missed();
      await ended;
      recent.end();
      if (!closing.signal.aborted) logger.warn('The connection that listens for changes was lost');
    }
  }

  return {
    subscribe(portalId, since, listener) {
      listeners.set(listener, portalId);
      running ??= run().catch(() => {}); // ends with an error only when it is closed while connecting
      const missed = recent.since(portalId, since);
      if (missed === undefined) listener.missed();
      else for (const portalUserId of missed) listener.changed(portalUserId);
      if (closing.signal.aborted) queueMicrotask(() => listener.closed());
      return () => listeners.delete(listener);
    },
    async close() {
      closing.abort();
      for (const listener of listeners.keys()) listener.closed();
      await connection?.end();
      await running;
    },
  };
}

/** A page is loaded, or a connection made again, within this. */
const KEPT_MS = 60_000;
const MOST_KEPT = 20_000;
/** Between a commit and its telling, and between the clocks of two machines. */
const SLACK_MS = 1_000;

/** Changes of the last minute, for who begins to listen a moment after looking. */
export interface RecentChanges {
  add(portalId: string, portalUserId: string): void;
  /** From now on every change is added. */
  begin(): void;
  /** From now on changes go by. */
  end(): void;
  /** Who was changed since a moment; undefined where that is not known. @param moment milliseconds since 1970 */
  since(portalId: string, moment: number): Set<string> | undefined;
}

export function recentChanges(now = Date.now): RecentChanges {
  let changes: { at: number; portalId: string; portalUserId: string }[] = [];
  let completeSince = Number.POSITIVE_INFINITY;
  return {
    add(portalId, portalUserId) {
      changes.push({ at: now(), portalId, portalUserId });
      if (changes.length <= MOST_KEPT) return;
      changes = changes.slice(-MOST_KEPT / 2);
      completeSince = Math.max(completeSince, changes[0]!.at);
    },
    begin() {
      completeSince = now();
    },
    end() {
      changes = [];
      completeSince = Number.POSITIVE_INFINITY;
    },
    since(portalId, moment) {
      const oldest = now() - KEPT_MS;
      changes = changes.filter(({ at }) => at >= oldest);
      if (moment < Math.max(oldest, completeSince)) return undefined;
      const later = changes.filter((change) => change.portalId === portalId && change.at >= moment - SLACK_MS);
      return new Set(later.map(({ portalUserId }) => portalUserId));
    },
  };
}
