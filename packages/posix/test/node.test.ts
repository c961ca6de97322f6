import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { byteStreams } from './cases/byte-streams.ts';
import { mounts } from './cases/mounts.ts';
import { networks } from './cases/networks.ts';
import { systemCalls } from './cases/system-calls.ts';

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'hako-posix-')));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('on Node', () => {
  for (const [name, run] of Object.entries({ ...systemCalls, ...mounts, ...networks, ...byteStreams }))
    test(name, () => run(dir));
});
