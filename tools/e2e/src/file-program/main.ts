import { writeSync } from 'node:fs';
import { runChecks } from './checks.ts';
import { countFiles } from './count.ts';
import { holdLocks, tryLocks } from './locks.ts';
import { treeOf } from './tree.ts';
import { watchFor } from './watch.ts';

// What a container does with files, compiled by @hako/engine; busybox has no applets for it.
const [command = '', folder = '', word = ''] = process.argv.slice(2);

switch (command) {
  case 'watch':
    watchFor(folder, word);
    break;
  case 'check':
    for (const line of runChecks(folder)) writeSync(1, `${line}\n`);
    break;
  case 'tree':
    writeSync(1, `${treeOf(folder, Number(word))}\n`);
    break;
  case 'count':
    writeSync(1, `${countFiles(folder, word === 'looking')}\n`);
    break;
  case 'lock':
    writeSync(1, `${folder}: ${tryLocks(folder, word === 'waiting')}\n`);
    break;
  case 'hold':
    holdLocks(folder);
    break;
  default:
    throw new Error(`no such command: ${command}`);
}
