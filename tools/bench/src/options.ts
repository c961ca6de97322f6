import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { StartsInARow } from './figure.ts';
import { figures } from './figures.ts';

export interface Options {
  readonly rounds: number;
  /** File for the results. */
  readonly json: string;
  /** Names of figures; empty for all. */
  readonly only: readonly string[];
  /** Another checkout to be measured beside this one. */
  readonly against: string | undefined;
  /** Whether the results are to be written into SPEED.md. */
  readonly report: boolean;
  readonly starts: StartsInARow;
  readonly help: boolean;
}

export const usage = `Usage: tools/bench/run [--runs N] [--json FILE] [--only NAME]... [--starts COLD,CLONED] [--against DIR | --report]

Measures the hako that tools/quickstart built. Figures: ${figures.map(({ name }) => name).join(', ')}.

  --runs N       samples of each variant, after one that is not counted; default 9
  --json FILE    where the results go; default .hako-cache/bench.json, with --report docs/speed/results.json
  --only NAME    only this figure; may be given again. Otherwise all but ${figures.flatMap(({ name, onlyNamed }) => (onlyNamed ? name : [])).join(', ')}
  --starts COLD,CLONED
                 how many starts in a row the figure soak makes; default 200,500
  --against DIR  measures another checkout of hako beside this one, in turns, and prints how they compare;
                 for judging a change. DIR has been built by its tools/quickstart
  --report       writes what was measured into FILE, SPEED.md and its pictures; of figures that were not measured
                 what FILE says stays
`;

/** Reads the arguments. Throws an error whose message says what is wrong with them, all at once. */
export function parseOptions(args: readonly string[], workspace: string): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '9' },
      json: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      starts: { type: 'string', default: '200,500' },
      against: { type: 'string' },
      report: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const rounds = Number(values.runs);
  const [cold, cloned] = /^(\d{1,6}),(\d{1,6})$/.exec(values.starts)?.slice(1).map(Number) ?? [];
  const against = values.against === undefined ? undefined : resolve(values.against);
  const problems = values.only
    .filter((name) => !figures.some((figure) => figure.name === name))
    .map((name) => `--only ${name}: no such figure`);
  if (!Number.isSafeInteger(rounds) || rounds < 1) problems.push(`--runs ${values.runs}: a number from 1`);
  if (cold === undefined || cloned === undefined || cold < 1 || cloned < 1) {
    problems.push(`--starts ${values.starts}: two numbers from 1, with a comma`);
  }
  if (against !== undefined && !existsSync(join(against, 'dist/bin/hako'))) {
    problems.push(`--against ${against}: has no dist/bin/hako; run tools/quickstart in it`);
  }
  if (against !== undefined && values.report) problems.push('--report is of one checkout, not of two');
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return {
    ...values,
    json: resolve(
      values.json ?? join(workspace, values.report ? 'docs/speed/results.json' : '.hako-cache/bench.json'),
    ),
    rounds,
    against,
    starts: { cold: cold ?? 0, cloned: cloned ?? 0 },
  };
}
