import type { Chart } from './report/draw-charts.ts';

/** How thorough a run is. */
export interface Scale {
  /** Only to see that everything is alive: the figures mean little. */
  quick: boolean;
  /** Sizes, too, that take longer than a run of everything may. */
  full: boolean;
  /** Interleaved rounds of each figure and its anchor. */
  rounds: number;
}

/** One question that the measurements answer. */
export interface Section {
  /** On the command line, and of its file of results. */
  name: string;
  title: string;
  /** Starts what it needs, measures, stops it again. Says now and then in a line what it is at. */
  measure(scale: Scale, progress: (line: string) => void): Promise<Measured>;
}

export interface Measured {
  /** What the terminal shows: a row for each thing measured, by its name. */
  table: Record<string, Record<string, string | number>>;
  /** What to know to read it. */
  notes: string[];
  /** All figures, as they were measured. */
  figures: unknown;
  charts: Chart[];
}
