/** A step under way. */
export interface Step {
  /** How long it has taken so far. */
  seconds(): number;
  /** Says that the step is now about something else; its clock goes on. */
  now(what: string): void;
  /** Says something beside the step, also after its end. */
  note(line: string): void;
  /** Ends the step; without a text its line says how long it took. */
  done(line?: string): void;
  /** Ends the step where it stood: what went wrong is said by others. */
  fail(): void;
}

export function startStep(what: string, out?: NodeJS.WriteStream): Step;
