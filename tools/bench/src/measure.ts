import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure, PreparedFigure, StartsInARow, Variant } from './figure.ts';
import { interleave } from './interleave.ts';
import { programs } from './processes.ts';
import { removeContainers } from './remove-containers.ts';
import { type GoalResult, judge, type Summary, summarize } from './statistics.ts';

/** What a figure came to for one checkout. */
export interface Result {
  readonly figure: string;
  readonly title: string;
  readonly method: string;
  readonly readings: readonly Summary[];
  readonly goals: readonly GoalResult[];
}

export interface MeasureOptions {
  /** Checkouts whose builds are measured side by side, in one interleaved run. */
  readonly workspaces: readonly string[];
  /** Folder for bundles and state; each checkout gets one below it. */
  readonly folder: string;
  readonly rootfs: string;
  readonly rounds: number;
  readonly starts: StartsInARow;
  /** Aborted: nothing more is sampled. */
  readonly signal: AbortSignal;
  readonly onSample: (name: string, round: number) => void;
}

/** Measures a figure for each checkout. What was prepared is disposed of, whatever fails. */
export async function measure(figure: Figure, options: MeasureOptions): Promise<Result[]> {
  const { rootfs, starts, signal } = options;
  const prepared: PreparedFigure[] = [];
  try {
    for (const [side, workspace] of options.workspaces.entries()) {
      const folder = join(options.folder, `${figure.name}-${side}`);
      mkdirSync(folder);
      const tag = `bench-${process.pid}-${side}`;
      prepared.push(await figure.prepare({ workspace, folder, tag, rootfs, starts }));
    }
    const variants = prepared.flatMap((each, side) => each.variants.map((variant) => ofSide(variant, side)));
    const samples = await interleave(variants, roundsOf(figure, options.rounds), {
      warmUp: figure.once !== true,
      signal,
      onSample: ({ name }, round) => options.onSample(name, round),
    });
    return prepared.map(({ goals }, side) => {
      const own = samples.filter(({ variant }) => variant.side === side);
      const readings = summarize(own.flatMap((sample) => sample.readings));
      const { name, title, method } = figure;
      return { figure: name, title, method, readings, goals: judge(goals, readings) };
    });
  } finally {
    // What an interruption ends, and lets nothing of it begin, is the measuring.
    programs.allow();
    for (const each of prepared) await each.dispose();
    for (const [side, workspace] of options.workspaces.entries())
      await removeContainers(workspace, join(options.folder, `${figure.name}-${side}`));
  }
}

function roundsOf({ once, samplesPerRound = 1 }: Figure, rounds: number): number {
  return once === true ? 1 : rounds * samplesPerRound;
}

function ofSide(variant: Variant, side: number): Variant & { readonly side: number } {
  return { name: variant.name, sample: () => variant.sample(), side };
}
