import type { BarChart, GroupChart } from './chart.ts';
import {
  ANCHOR_COLOR,
  base,
  COLORS,
  categoryAxis,
  INK,
  LEGEND,
  type Options,
  QUIET,
  valueAxis,
  WITHIN,
} from './chart-style.ts';
import { rangeSeries } from './draw-ranges.ts';
import { readable } from './statistics.ts';

const BAR_WIDTH = 18;
const LEFT = 28;
const LETTER_WIDTH = 7;
const GROUP_WIDTH = 14;
const GROUP_GAP = 4;

/** Lying bars, so that long names can be read. */
export function barOptions({ title, axis, bars, anchor }: BarChart): Options {
  const values = [
    ...bars.flatMap(({ value, low = value, high = value }) => [low, high]),
    ...(anchor ? [anchor.value] : []),
  ];
  const rows = bars.toReversed();
  return {
    ...base(title),
    grid: { left: leftOf(rows), right: 70, top: anchor ? 66 : 48, bottom: 44 },
    xAxis: valueAxis(axis, values, 'below'),
    yAxis: categoryAxis(rows.map(({ name }) => name)),
    series: [
      {
        type: 'bar',
        silent: true,
        barWidth: BAR_WIDTH,
        data: rows.map(({ value, isAnchor }) => ({ value, itemStyle: { color: isAnchor ? ANCHOR_COLOR : COLORS[0] } })),
        ...(anchor && { markLine: anchorLine(anchor) }),
      },
      rangeSeries(
        rows.map((bar, along) => ({ ...bar, along })),
        'horizontal',
      ),
      figuresBeside(rows),
    ],
  };
}

/** Room for the names. The renderer measures no text, so it is taken to be of wide letters. */
function leftOf(rows: BarChart['bars']): number {
  return LEFT + LETTER_WIDTH * Math.max(...rows.map(({ name }) => name.length));
}

/** The figures, right of the bar or of its range. */
function figuresBeside(rows: BarChart['bars']) {
  return {
    type: 'scatter',
    z: 10,
    silent: true,
    symbolSize: 0,
    data: rows.map(({ value, high = value }, index) => ({
      value: [Math.max(value, high), index],
      label: {
        show: true,
        position: 'right',
        formatter: readable(value),
        color: INK,
        fontSize: 12,
        fontWeight: 600,
        backgroundColor: '#fff',
        padding: [1, 3],
      },
    })),
  };
}

function anchorLine({ name, value }: NonNullable<BarChart['anchor']>) {
  return {
    symbol: 'none',
    silent: true,
    data: [{ xAxis: value }],
    lineStyle: { color: ANCHOR_COLOR, type: 'dashed', width: 1.5 },
    label: { formatter: name, color: QUIET, fontSize: 12, position: 'end' },
  };
}

/** Standing bars, several to a group. */
export function groupOptions({ title, axis, groups, series }: GroupChart): Options {
  const values = series.flatMap(({ figures }) =>
    figures.flatMap(({ value, low = value, high = value }) => [low, high]),
  );
  const shift = (index: number) => (index - (series.length - 1) / 2) * (GROUP_WIDTH + GROUP_GAP);
  return {
    ...base(title),
    legend: { ...LEGEND, itemWidth: 14, itemHeight: 10, icon: 'rect' },
    grid: { left: 40, right: 16, top: 76, bottom: 16, ...WITHIN },
    xAxis: categoryAxis(groups),
    yAxis: valueAxis(axis, values, 'left'),
    series: series.flatMap(({ name, figures }, index) => [
      {
        type: 'bar',
        name,
        silent: true,
        itemStyle: { color: COLORS[index % COLORS.length] },
        barWidth: GROUP_WIDTH,
        barGap: `${(100 * GROUP_GAP) / GROUP_WIDTH}%`,
        data: figures.map(({ value }) => value),
      },
      rangeSeries(
        figures.map((figure, along) => ({ ...figure, along, shift: shift(index) })),
        'vertical',
      ),
    ]),
  };
}
