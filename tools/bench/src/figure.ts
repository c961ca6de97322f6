/** What one measurement gave: `label` names a row of the table. */
export interface Reading {
  readonly label: string;
  readonly value: number;
  readonly unit: 'ms' | 'µs' | 'MiB' | 'count';
}

/** One of the things that a figure compares. Samples of all variants of a figure are interleaved. */
export interface Variant {
  readonly name: string;
  /** Measures once. Rejects if what it measures does not work: a figure of a failure would mean nothing. */
  sample(): Promise<readonly Reading[]>;
}

export interface Goal {
  readonly name: string;
  readonly unit: 'x' | Reading['unit'];
  readonly atMost: number;
  /** From the medians by label; undefined where a reading that it needs was not taken. */
  readonly value: (median: (label: string) => number | undefined) => number | undefined;
  /** How the value comes about, in numbers, where the name does not say it. */
  readonly arithmetic?: (median: (label: string) => number | undefined) => string;
  /** What Kata 1.13 came to where the goals were set, measured in the same way. */
  readonly kata?: number;
  /** What the labels begin with of the parts that it is made of, for a reader who wants to know why it is not reached. */
  readonly parts?: string;
}

/** A goal whose parts are measured too. */
export function madeOf(parts: string, goal: Goal): Goal {
  return { ...goal, parts };
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
  /** How it is measured, for those who read the report: whole sentences. */
  readonly method: string;
  /** Measured a single time, without a round that is not counted: for what takes minutes and does not vary. */
  readonly once?: true;
  /** So many samples in each round, in turns too: for what is short and varies. Default 1. */
  readonly samplesPerRound?: number;
  /** Measured only where --only names it: for what takes far longer than the others. */
  readonly onlyNamed?: true;
  /** Measures the libraries of this checkout, not the executables of `workspace`: nothing that `--against` could compare. */
  readonly ownLibraries?: true;
  prepare(context: BenchContext): Promise<PreparedFigure>;
}

/** How often a machine is started, one after the other. */
export interface StartsInARow {
  readonly cold: number;
  readonly cloned: number;
}

export interface BenchContext {
  /** The workspace whose build is measured. */
  readonly workspace: string;
  /** Folder for bundles and state, removed at the end. */
  readonly folder: string;
  /** How many starts in a row, for figures that make many. */
  readonly starts: StartsInARow;
  /** A word that no other measurement on this host uses: what the ids of its containers begin with. */
  readonly tag: string;
  /** Root file system with busybox. */
  readonly rootfs: string;
}

/** The quotient of two medians. */
export function ratioGoal(of: string, over: string, atMost: number, kata?: number): Goal {
  return {
    name: `${of} / ${over}`,
    unit: 'x',
    atMost,
    ...(kata === undefined ? {} : { kata }),
    value: (median) => {
      const [top, bottom] = [median(of), median(over)];
      return top === undefined || bottom === undefined ? undefined : top / bottom;
    },
  };
}

/** The median itself. */
export function medianGoal(label: string, unit: Reading['unit'], atMost: number, kata?: number): Goal {
  return {
    name: label,
    unit,
    atMost,
    ...(kata === undefined ? {} : { kata }),
    value: (median) => median(label),
  };
}
