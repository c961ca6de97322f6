import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isCodedError } from '@hako/errors';
import { buildGuest } from './build-guest.ts';

const usage = `Usage: guest-image [--out DIR] [--agent FILE] [--cache DIR] [--force]

Builds the guest (kernel, stage-1 initrd, image, manifest) from Debian packages.

  --out DIR     where to put it (default: dist/guest of the workspace)
  --agent FILE  the compiled agent (default: dist/agent/hako-agent)
  --cache DIR   where downloaded packages are kept (default: ~/.cache/hako/guest)
  --force       build although nothing has changed, with the newest packages
`;

/** Exit status: 0 built or unchanged, 1 failed, 2 wrong usage. */
async function main(): Promise<number> {
  const root = join(import.meta.dirname, '../../..');
  let values: { out: string; agent: string; cache?: string | undefined; force: boolean; help: boolean };
  try {
    ({ values } = parseArgs({
      options: {
        out: { type: 'string', default: join(root, 'dist/guest') },
        agent: { type: 'string', default: join(root, 'dist/agent/hako-agent') },
        cache: { type: 'string' },
        force: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    process.stderr.write(`guest-image: ${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const started = performance.now();
  try {
    const { manifest, built } = await buildGuest({
      outDir: values.out,
      agentPath: values.agent,
      force: values.force,
      ...(values.cache === undefined ? {} : { cacheDir: values.cache }),
      ...(process.stderr.isTTY
        ? { progress: (text) => void process.stderr.write(`guest-image: ${text}\n`) }
        : {}),
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const what = built ? `built in ${seconds} s` : 'unchanged';
    process.stdout.write(`${values.out}: ${what} (kernel ${manifest.kernelRelease})\n`);
    return 0;
  } catch (error) {
    if (!isCodedError(error)) throw error;
    process.stderr.write(`guest-image: ${error.message}\n`);
    return 1;
  }
}

process.exitCode = await main();
