/** An e-mail that arrived at the sink. */
export interface Arrival {
  to: string;
  /** Of its confirmation link. */
  token: string;
  /** As {@link now} says it. */
  at: number;
}

/** Milliseconds of a clock that all processes of one machine share and that never goes back. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
