import { type Response, Router } from 'express';
import type { Services } from '../../web/services.ts';
import { atPortal } from '../require-signed-in.ts';
import { type LiveStream, openStreams } from './open-streams.ts';

/** Changes within this time are told together: a bulk action makes many. */
const GATHER_MS = 150;
/** Proxies close what is silent for longer. */
const HEARTBEAT_MS = 20_000;
/** Then the browser connects again, and is asked again who it is. */
const LIFETIME_MS = 300_000;
const RECONNECT_MS = 2_000;
/** A page whose stream made room for another one: at once it would take that one's place in turn. */
const RECONNECT_LATER_MS = 60_000;
const END_LIMIT_MS = 5_000;

/**
 * `live?since=`: the ids of portal users whose rows change, as server-sent events, from the moment on in which the page was
 * made; `*` where some may have gone by unseen. An event's id is its moment, with which the browser goes on after a break. A stream
 * ends with its session and with its operator's membership.
 */
export function livePortalUsers({ portalUserChanges, database }: Services): Router {
  const router = Router({ mergeParams: true });
  const streams = openStreams(database);
  router.get(
    '/live',
    atPortal(({ request, response, portal }) => {
      const since = Number(request.get('Last-Event-ID') ?? request.query.since) || 0;
      if (response.destroyed) return; // the browser has gone on already
      response.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
      response.write(`retry: ${RECONNECT_MS}\n\n`);
      const changes = gathering(response);
      const stream: LiveStream = { sessionId: request.session.row!.id, portalId: portal.id, end, makeRoom };
      streams.add(stream);
      const unsubscribe = portalUserChanges.subscribe(portal.id, since, {
        changed: changes.add,
        missed: () => changes.add('*'),
        closed: end,
      });
      const heartbeat = setInterval(() => response.write(`id: ${Date.now()}\n\n`), HEARTBEAT_MS);
      const lifetime = setTimeout(end, LIFETIME_MS);
      response.once('close', stop);

      /** Nothing is written from now on. */
      function stop() {
        unsubscribe();
        streams.remove(stream);
        clearInterval(heartbeat);
        clearTimeout(lifetime);
        changes.stop();
      }
      /** Who does not read is cut off: an answer that is ended waits for its reader. */
      function end() {
        stop();
        response.end();
        setTimeout(() => response.destroy(), END_LIMIT_MS).unref();
      }
      function makeRoom() {
        response.write(`retry: ${RECONNECT_LATER_MS}\n\n`);
        end();
      }
    }),
  );
  return router;
}

function gathering(response: Response) {
  let gathered = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    response.write(`id: ${Date.now()}\ndata: ${[...gathered].join(' ')}\n\n`);
    gathered = new Set();
    timer = undefined;
  };
  return {
    add(id: string) {
      gathered.add(id);
      timer ??= setTimeout(tell, GATHER_MS);
    },
    stop: () => clearTimeout(timer),
  };
}
