// Compiled by Bun in bun.test.ts; runs the one case named on its command line.
import { byteStreams } from './cases/byte-streams.ts';
import { mounts } from './cases/mounts.ts';
import { networks } from './cases/networks.ts';
import { systemCalls } from './cases/system-calls.ts';

const [name = '', dir = ''] = process.argv.slice(2);
const run = { ...systemCalls, ...mounts, ...networks, ...byteStreams }[name];
if (!('Bun' in globalThis) || run === undefined) throw new Error(`cannot run ${JSON.stringify(name)} here`);
Promise.resolve(run(dir)).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
