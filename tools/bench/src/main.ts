// Measures the figures, prints a table of each and writes all of them as JSON. Started by tools/bench/run.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeBusyboxRootfs } from '@hako/bundles';
import { figures } from './figures.ts';
import { interleave } from './interleave.ts';
import { describeMachine } from './machine.ts';
import { judge, summarize } from './statistics.ts';
import { formatFigure } from './table.ts';

const workspace = join(import.meta.dirname, '../../..');
const usage = `Usage: tools/bench/run [--runs N] [--json FILE] [--only NAME]...

Measures the hako that tools/quickstart built. Figures: ${figures.map(({ name }) => name).join(', ')}.

  --runs N     samples of each variant, after one that is not counted; default 9
  --json FILE  where the results go; default .hako-cache/bench.json
  --only NAME  only this figure; may be given again
`;

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '9' },
    json: { type: 'string', default: join(workspace, '.hako-cache/bench.json') },
    only: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const rounds = Number(options.runs);
const unknown = options.only.filter((name) => !figures.some((figure) => figure.name === name));
if (options.help || !Number.isSafeInteger(rounds) || rounds < 1 || unknown.length > 0) {
  process.stderr.write(usage);
  process.exit(options.help ? 0 : 2);
}

const machine = describeMachine(workspace);
console.log(
  Object.entries(machine)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n'),
);
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const results: object[] = [];
try {
  const rootfs = makeBusyboxRootfs(join(folder, 'rootfs'));
  for (const figure of figures) {
    if (options.only.length > 0 && !options.only.includes(figure.name)) continue;
    const prepared = await figure.prepare({ workspace, folder, rootfs });
    try {
      const readings = await interleave(prepared.variants, rounds, ({ name }, round) => {
        if (process.stderr.isTTY)
          process.stderr.write(`\r\u001b[K${figure.name}: round ${round} of ${rounds}, ${name}`);
      });
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
      const summaries = summarize(readings);
      const goals = judge(prepared.goals, summaries);
      console.log(`\n${formatFigure(figure.title, summaries, goals)}`);
      results.push({ figure: figure.name, title: figure.title, readings: summaries, goals });
    } finally {
      await prepared.dispose();
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
const file = resolve(options.json);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify({ machine, rounds, figures: results }, null, 2)}\n`);
console.log(`\nwritten to ${file}`);
