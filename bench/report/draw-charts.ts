import { BarChart as Bars, CustomChart, LineChart as Lines, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { barOptions, groupOptions } from './bar-options.ts';
import type { Chart } from './chart.ts';
import { FONT, INK, type Options } from './chart-style.ts';
import { lineOptions } from './line-options.ts';

export type { Chart } from './chart.ts';

use([
  Bars,
  Lines,
  ScatterChart,
  CustomChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  SVGRenderer,
]);

const WIDTH = 960;
const TITLE_HEIGHT = 48;
const HEIGHT = 320;
const BAR_HEIGHT = 34;

/** A section's picture: an SVG with its title and its charts, on white, so that it is read on a dark page too. */
export function drawCharts(title: string, charts: Chart[]): string {
  const placed: string[] = [];
  let [x, y, rowHeight] = [0, TITLE_HEIGHT, 0];
  for (const row of intoRows(charts)) {
    x = 0;
    rowHeight = Math.max(...row.map(heightOf));
    for (const chart of row) {
      const width = widthOf(chart);
      placed.push(draw(chart, width, rowHeight).replace('<svg ', `<svg x="${x}" y="${y}" `));
      x += width;
    }
    y += rowHeight;
  }
  const name = escaped(title);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-labelledby="title">
<title id="title">${name}</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="16" y="32" font-family="${escaped(FONT)}" font-size="19" font-weight="600" fill="${INK}">${name}</text>
${placed.join('\n')}
</svg>
`;
}

function intoRows(charts: Chart[]): Chart[][] {
  const rows: Chart[][] = [];
  let free = 0;
  for (const chart of charts) {
    if (free < widthOf(chart)) {
      rows.push([]);
      free = WIDTH;
    }
    rows.at(-1)!.push(chart);
    free -= widthOf(chart);
  }
  return rows;
}

function widthOf({ size }: Chart): number {
  return size === 'third' ? WIDTH / 3 : size === 'half' ? WIDTH / 2 : WIDTH;
}

function heightOf(chart: Chart): number {
  return chart.kind === 'bars' ? 120 + chart.bars.length * BAR_HEIGHT : HEIGHT;
}

function draw(chart: Chart, width: number, height: number): string {
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width, height });
  drawing.setOption(optionsOf(chart));
  const svg = drawing.renderToSVGString();
  drawing.dispose();
  return svg;
}

function optionsOf(chart: Chart): Options {
  if (chart.kind === 'bars') return barOptions(chart);
  return chart.kind === 'groups' ? groupOptions(chart) : lineOptions(chart);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
