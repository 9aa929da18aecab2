/** What a picture shows. The charts of a section are drawn one beside the other as far as they fit, else below. */
export type Chart = BarChart | GroupChart | LineChart;

interface AnyChart {
  title: string;
  /** Of the picture's width; the whole unless said. */
  size?: 'half' | 'third';
}

export interface Axis {
  name: string;
  isLogarithmic?: boolean;
}

/** A figure, with the least and the greatest that was measured where it was measured several times. */
export interface Figure {
  value: number;
  low?: number;
  high?: number;
}

/** One bar per name, its figure beside it. */
export interface BarChart extends AnyChart {
  kind: 'bars';
  axis: Axis;
  bars: (Figure & {
    name: string;
    /** Grey: what the others are measured by. */
    isAnchor?: boolean;
  })[];
  /** A line that the bars are measured by. */
  anchor?: { name: string; value: number };
}

/** Several bars side by side in each group, such as the percentiles of what was measured. */
export interface GroupChart extends AnyChart {
  kind: 'groups';
  axis: Axis;
  groups: string[];
  /** A figure per group. */
  series: { name: string; figures: Figure[] }[];
}

/** How figures go with another. */
export interface LineChart extends AnyChart {
  kind: 'lines';
  x: Axis;
  y: Axis;
  lines: Line[];
}

export interface Line {
  name: string;
  /** Dashed and grey: what the others are measured by. */
  isAnchor?: boolean;
  points: ({ x: number } & Figure)[];
}
