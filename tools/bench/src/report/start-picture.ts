import type { Measured } from '../results.ts';
import { drawSvg } from './draw-svg.ts';

/** Labels of phases are indented below the start that they are parts of, and may name its kind before a colon. */
const phaseLabel = /^ {2}(?:(?<kind>[^:]+): )?(?<phase>.+)$/;

/**
 * Where the time of a start goes: one bar per kind of start that was measured, one piece per phase. `name` is what the starts
 * of a figure are called, before the kind that its labels name. SVG.
 */
export function startPicture(
  starts: readonly { readonly name: string; readonly measured: Measured }[],
): string {
  const pieces = starts.flatMap(({ name, measured }) =>
    measured.readings.flatMap(({ label, median }) => {
      const { kind, phase = 'total' } = phaseLabel.exec(label)?.groups ?? {};
      return phase === 'total'
        ? []
        : [{ bar: kind === undefined ? name : `${name}, ${kind}`, phase, median }];
    }),
  );
  const bars = [...Map.groupBy(pieces, ({ bar }) => bar)].map(([name, own]) => ({
    name,
    phases: new Map(own.map(({ phase, median }) => [phase, median])),
  }));
  const phases = [...new Set(bars.flatMap((bar) => [...bar.phases.keys()]))];
  return drawSvg(
    {
      title: { text: 'Where the time of a start goes (medians)' },
      legend: { bottom: 0 },
      grid: { left: 120, right: 40, top: 50, bottom: 90 },
      xAxis: { type: 'value', name: 'ms', nameLocation: 'middle', nameGap: 26 },
      yAxis: { type: 'category', inverse: true, data: bars.map(({ name }) => name) },
      series: phases.map((phase) => ({
        name: phase,
        type: 'bar',
        stack: 'start',
        data: bars.map((bar) => Math.round((bar.phases.get(phase) ?? 0) * 10) / 10),
      })),
    },
    { width: 900, height: 190 + 60 * bars.length },
  );
}
