import type { Database } from '../../db/database.ts';
import { SESSION_IS_LIVE } from '../../db/queries/sessions.ts';

/** A stream ends within this time after its session or its operator's membership has ended, and one query. */
const CHECK_MS = 2_000;
/** A browser has six connections to a server (HTTP/1.1), so its pages need no more. */
const MAX_STREAMS_PER_SESSION = 10;

/** An open answer with server-sent events. */
export interface LiveStream {
  sessionId: string;
  portalId: string;
  /** Closes it, since its reader may read no more. */
  end(): void;
  /** Closes it, since its session has opened too many. */
  makeRoom(): void;
}

/** The streams that are open in this process. */
export interface OpenStreams {
  /** The eleventh stream of a session closes its oldest one: the page that was opened last is the one that is looked at. */
  add(stream: LiveStream): void;
  remove(stream: LiveStream): void;
}

/**
 * Closes streams whose session ended in whatever way (sign-out, password change, time) or whose operator was removed from the
 * portal. One query asks about all streams of the process, so that no writer has to announce an end and none can be missed.
 */
export function openStreams(database: Database): OpenStreams {
  const open = new Set<LiveStream>();
  let timer: NodeJS.Timeout | undefined;

  async function check(): Promise<void> {
    const asked = [...open];
    const allowed = await findAllowed(database, asked);
    for (const stream of asked) if (!allowed.has(keyOf(stream))) stream.end();
  }

  function checkLater(): void {
    timer = setTimeout(() => {
      timer = undefined;
      check()
        .catch(() => {}) // Postgres is down: nothing can change meanwhile
        .finally(() => {
          if (open.size > 0 && timer === undefined) checkLater();
        });
    }, CHECK_MS);
  }

  return {
    add(stream) {
      const ofSession = [...open].filter(({ sessionId }) => sessionId === stream.sessionId); // oldest first
      for (const oldest of ofSession.slice(0, -MAX_STREAMS_PER_SESSION + 1)) oldest.makeRoom();
      open.add(stream);
      if (timer === undefined) checkLater();
    },
    remove(stream) {
      open.delete(stream);
      if (open.size > 0) return;
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

async function findAllowed(database: Database, streams: LiveStream[]): Promise<Set<string>> {
  const ids = [...new Set(streams.map(({ sessionId }) => sessionId))];
  const rows = await database.em.fork().execute<LiveStream[]>(
    `select sessions.id as "sessionId", m.portal_id as "portalId"
     from sessions join portal_operators m on m.operator_id = sessions.operator_id
     where sessions.id in (?) and m.accepted_at is not null and ${SESSION_IS_LIVE}`,
    [ids],
  );
  return new Set(rows.map(keyOf));
}

function keyOf({ sessionId, portalId }: Pick<LiveStream, 'sessionId' | 'portalId'>): string {
  return `${sessionId}/${portalId}`;
}
