interface Lifetime {
  /** From the sign-in to the end, however much the session is used. */
  absoluteSeconds: number;
  /** From the last use to the end. */
  idleSeconds: number;
}

/**
 * How long a session lasts. ASVS 5.0 (V7.3) asks for both limits and leaves the numbers to a risk analysis. An operator reaches the
 * data of a whole portal: a working day, and an hour away from the desk. A portal user reaches their own requests only.
 */
export const SESSION_LIFETIMES = {
  operator: { absoluteSeconds: 12 * 3_600, idleSeconds: 3_600 },
  portalUser: { absoluteSeconds: 30 * 86_400, idleSeconds: 7 * 86_400 },
} satisfies Record<string, Lifetime>;

/** SQL: the moment at which a row of `sessions` ends unless it is used again. Postgres' clock decides, not each process' own. */
export const SESSION_END = `case when sessions.operator_id is not null
  then ${end(SESSION_LIFETIMES.operator)} else ${end(SESSION_LIFETIMES.portalUser)} end`;

/** SQL: whether a row of `sessions` still counts. */
export const SESSION_IS_LIVE = `now() < ${SESSION_END}`;

/** SQL: the seconds that a row of `sessions` has left, however much it is used. */
export const SESSION_SECONDS_LEFT = `extract(epoch from sessions.created_at - now())
  + case when sessions.operator_id is not null
    then ${SESSION_LIFETIMES.operator.absoluteSeconds} else ${SESSION_LIFETIMES.portalUser.absoluteSeconds} end`;

function end({ absoluteSeconds, idleSeconds }: Lifetime): string {
  return `least(sessions.created_at + interval '${absoluteSeconds} seconds', sessions.last_used_at + interval '${idleSeconds} seconds')`;
}
