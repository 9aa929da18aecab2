import type { LineChart } from './chart.ts';
import { ANCHOR_COLOR, base, COLORS, LEGEND, type Options, QUIET, valueAxis, WITHIN } from './chart-style.ts';
import { rangeSeries } from './draw-ranges.ts';

/** Lines with the ranges of their points. The scale of x has a mark where points are. */
export function lineOptions({ title, x, y, lines }: LineChart): Options {
  const points = lines.flatMap((line) => line.points);
  const xAxis = valueAxis(
    x,
    points.map((point) => point.x),
    'below',
  );
  let colors = 0;
  return {
    ...base(title),
    legend: { ...LEGEND, itemWidth: 22 },
    grid: { left: 40, right: 28, top: 72, bottom: 44, ...WITHIN },
    xAxis: { ...xAxis, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: QUIET } } },
    yAxis: valueAxis(
      y,
      points.flatMap(({ value, low = value, high = value }) => [low, high]),
      'left',
    ),
    series: lines.flatMap(({ name, isAnchor = false, points }) => {
      const color = isAnchor ? ANCHOR_COLOR : COLORS[colors++ % COLORS.length];
      return [
        {
          type: 'line',
          silent: true,
          name,
          data: points.map(({ x, value }) => [x, value]),
          symbol: 'circle',
          symbolSize: 6,
          itemStyle: { color },
          lineStyle: { color, width: 2, type: isAnchor ? 'dashed' : 'solid' },
        },
        rangeSeries(
          points.map((point) => ({ ...point, along: point.x })),
          'vertical',
          color,
        ),
      ];
    }),
  };
}
