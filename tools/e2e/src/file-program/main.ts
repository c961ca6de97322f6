import { watchFor } from './watch.ts';

// What a container does with files, compiled by @hako/engine; busybox has no applets for it.
const [command = '', folder = '', word = ''] = process.argv.slice(2);

switch (command) {
  case 'watch':
    watchFor(folder, word);
    break;
  default:
    throw new Error(`no such command: ${command}`);
}
