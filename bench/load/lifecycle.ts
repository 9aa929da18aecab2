/** One invitation from start to end, as a driver sees it. Moments are milliseconds of a clock that never goes back. */
export interface Lifecycle {
  /** From asking for the invitation to its answer. */
  acceptedMs: number;
  /** From asking for the invitation to the e-mail at the mail server (in *lean*: to the activity). */
  mailedMs: number;
  /** From sending the confirmation to its answer: confirmed. */
  confirmedMs: number;
}

/** What came of a load. A lifecycle that fails counts as an error and nowhere else. */
export interface LoadResult {
  lifecycles: Lifecycle[];
  /** How many came to their end, those of the warm-up and after the last second, too. */
  ended: number;
  /** How long the lifecycles counted took together. */
  seconds: number;
  errors: number;
  firstError?: string;
}
