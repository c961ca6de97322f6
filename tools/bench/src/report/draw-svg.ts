import { createRequire } from 'node:module';

/**
 * What is used of echarts. Its own declarations want a browser's types, and options that may be undefined; they do not
 * compile here.
 */
interface Echarts {
  init(
    dom: null,
    theme: null,
    options: { renderer: 'svg'; ssr: true; width: number; height: number },
  ): { setOption(option: object): void; renderToSVGString(): string; dispose(): void };
}

const require = createRequire(import.meta.url);

/** Draws a chart, described as echarts' options, as SVG text. White behind it, so that it can be read on any page. */
export function drawSvg(option: object, size: { width: number; height: number }): string {
  const echarts = require('echarts') as Echarts;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({ animation: false, backgroundColor: '#ffffff', ...option });
    return `${chart.renderToSVGString()}\n`;
  } finally {
    chart.dispose();
  }
}
