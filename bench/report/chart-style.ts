import type { EChartsCoreOption } from 'echarts/core';
import type { Axis } from './chart.ts';

export type Options = EChartsCoreOption;

export const FONT = 'system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif';
export const INK = '#1f2328';
export const QUIET = '#59636e';
const GRID = '#e4e8ec';
/** Told apart by who sees no colours well, too (Okabe and Ito). */
export const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#5b3a8e', '#8c6d31'];
export const ANCHOR_COLOR = '#7d8590';

const short = new Intl.NumberFormat('en', { notation: 'compact' });

/** Of a grid: its margins are around the axes' labels. */
export const WITHIN = { outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' } as const;

export const LEGEND = { left: 16, top: 38, itemGap: 18, textStyle: { color: INK, fontSize: 12 } };

/** What all charts have in common. */
export function base(title: string): Options {
  return {
    animation: false,
    color: COLORS,
    textStyle: { fontFamily: FONT, color: INK },
    title: { text: title, left: 11, top: 12, textStyle: { fontSize: 15, fontWeight: 600, color: INK } },
  };
}

/** An axis of figures. It begins at zero, or where the least figure's power of ten does. */
export function valueAxis({ name, isLogarithmic = false }: Axis, values: number[], position: 'below' | 'left') {
  return {
    type: isLogarithmic ? 'log' : 'value',
    name,
    nameLocation: 'middle',
    nameGap: position === 'below' ? 28 : 48,
    nameTextStyle: { color: QUIET, fontSize: 12 },
    ...(isLogarithmic && {
      min: powerOfTen(Math.min(...values), Math.floor),
      max: powerOfTen(Math.max(...values), Math.ceil),
    }),
    axisLabel: { color: QUIET, fontSize: 12, formatter: (value: number) => short.format(value), hideOverlap: true },
    splitLine: { lineStyle: { color: GRID } },
    axisLine: { show: position === 'below' && isLogarithmic, lineStyle: { color: QUIET } },
  };
}

export function categoryAxis(names: string[]) {
  return {
    type: 'category',
    data: names,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: QUIET } },
    axisLabel: { color: INK, fontSize: 12, interval: 0 },
  };
}

function powerOfTen(value: number, round: (value: number) => number): number {
  return 10 ** round(Math.log10(value));
}
