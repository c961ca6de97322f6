/** What one measurement gave: `label` names a row of the table. */
export interface Reading {
  readonly label: string;
  readonly value: number;
  readonly unit: 'ms' | 'µs' | 'MiB';
}

/** One of the things that a figure compares. Samples of all variants of a figure are interleaved. */
export interface Variant {
  readonly name: string;
  /** Measures once. Rejects if what it measures does not work: a figure of a failure would mean nothing. */
  sample(): Promise<readonly Reading[]>;
}

export interface Goal {
  readonly name: string;
  readonly unit: 'x' | 'ms' | 'µs' | 'MiB';
  readonly atMost: number;
  /** From the medians by label; undefined where a reading that it needs was not taken. */
  readonly value: (median: (label: string) => number | undefined) => number | undefined;
}

/** A figure, set up: variants to sample in turns, then `dispose`. */
export interface PreparedFigure {
  readonly variants: readonly Variant[];
  readonly goals: readonly Goal[];
  dispose(): Promise<void>;
}

/** One file in figures/ per figure. */
export interface Figure {
  /** Word for --only. */
  readonly name: string;
  readonly title: string;
  prepare(context: BenchContext): Promise<PreparedFigure>;
}

export interface BenchContext {
  /** The workspace whose build is measured. */
  readonly workspace: string;
  /** Folder for bundles and state, removed at the end. */
  readonly folder: string;
  /** Root file system with busybox. */
  readonly rootfs: string;
}

/** The quotient of two medians. */
export function ratioGoal(of: string, over: string, atMost: number): Goal {
  return {
    name: `${of} / ${over}`,
    unit: 'x',
    atMost,
    value: (median) => {
      const [top, bottom] = [median(of), median(over)];
      return top === undefined || bottom === undefined ? undefined : top / bottom;
    },
  };
}

/** The median itself. */
export function medianGoal(label: string, unit: 'ms' | 'µs' | 'MiB', atMost: number): Goal {
  return { name: label, unit, atMost, value: (median) => median(label) };
}
