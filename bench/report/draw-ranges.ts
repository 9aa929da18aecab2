import type { Figure } from './chart.ts';
import { INK } from './chart-style.ts';

/** Half the length of a range's ends, in pixels. */
const CAP = 4;

/** A figure's range, where it lies in the chart: `along` is the place on the other axis. */
export interface Range extends Figure {
  along: number;
  /** Pixels beside that place. */
  shift?: number;
}

interface Api {
  value(dimension: number): number;
  coord(point: number[]): [number, number];
}

/** A series of thin lines from the least to the greatest figure, of whatever has both. */
export function rangeSeries(ranges: Range[], direction: 'horizontal' | 'vertical', color = INK) {
  const known = ranges.filter(({ low, high }) => low !== undefined && high !== undefined && low < high);
  return {
    type: 'custom',
    silent: true,
    z: 5,
    encode: direction === 'vertical' ? { x: 0, y: [1, 2] } : { x: [1, 2], y: 0 }, // so that the axis reaches as far
    data: known.map(({ along, low, high, shift = 0 }) => [along, low, high, shift]),
    renderItem(_params: unknown, api: Api) {
      const [along, low, high, shift] = [0, 1, 2, 3].map((dimension) => api.value(dimension)) as [
        number,
        number,
        number,
        number,
      ];
      const at = (value: number) => api.coord(direction === 'vertical' ? [along, value] : [value, along]);
      const [[x1, y1], [x2, y2]] = [at(low), at(high)];
      const line = (shape: { x1: number; y1: number; x2: number; y2: number }) => ({
        type: 'line',
        shape,
        style: { stroke: color, lineWidth: 1.25 },
      });
      const children =
        direction === 'vertical'
          ? [
              line({ x1: x1 + shift, y1, x2: x2 + shift, y2 }),
              ...[y1, y2].map((y) => line({ x1: x1 + shift - CAP, y1: y, x2: x1 + shift + CAP, y2: y })),
            ]
          : [
              line({ x1, y1: y1 + shift, x2, y2: y2 + shift }),
              ...[x1, x2].map((x) => line({ x1: x, y1: y1 + shift - CAP, x2: x, y2: y1 + shift + CAP })),
            ];
      return { type: 'group', children };
    },
  };
}
