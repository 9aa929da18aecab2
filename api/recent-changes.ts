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
