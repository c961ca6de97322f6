import type { Measured } from '../results.ts';
import { drawSvg } from './draw-svg.ts';

/** Labels of the density figure: what kind of sandbox, and how many there were. */
const place = /^(?<kind>.+), (?<count>\d+) running$/;

/** Host memory per sandbox over the number of sandboxes: one line per kind. SVG. */
export function memoryPicture(densities: readonly Measured[]): string {
  const readings = densities.flatMap((density) => density.readings);
  const points = readings.flatMap(({ label, median }) => {
    const { kind, count } = place.exec(label)?.groups ?? {};
    return kind === undefined ? [] : [{ kind, at: [Number(count), Math.round(median * 10) / 10] }];
  });
  return drawSvg(
    {
      title: { text: 'Host memory per sandbox (PSS of all its processes)' },
      legend: { bottom: 0 },
      grid: { left: 60, right: 40, top: 50, bottom: 80 },
      xAxis: { type: 'value', name: 'sandboxes running', nameLocation: 'middle', nameGap: 26, min: 1 },
      yAxis: { type: 'value', name: 'MiB', min: 0 },
      series: [...Map.groupBy(points, ({ kind }) => kind)].map(([kind, own]) => ({
        name: kind,
        type: 'line',
        data: own.map(({ at }) => at),
      })),
    },
    { width: 900, height: 400 },
  );
}
