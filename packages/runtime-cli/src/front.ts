import { readFileSync, readlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceProgram, syscall } from '@hako/engine/system';
import { signalMask } from '@hako/posix/signal-mask';
import { FORWARDED_SIGNALS } from './forwarded-signals.ts';
import { leavesSignals } from './leaves-signals.ts';
import { plainCall } from './plain-call.ts';
import { quickAnswer } from './quick-answer.ts';

// The executable `hako`, on an engine that starts in a millisecond or two. It answers what engines ask again and again; for all
// else it becomes the whole program, `main.ts`, with arguments and environment as they are, byte for byte.

const POLLOUT = 4;
const SIG_BLOCK = 0;

/** False when nothing could be written; who has seen a part of it sees no more. */
function printed(text: string): boolean {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(1, bytes.subarray(done));
    } catch (error) {
      // A full pipe that somebody made non-blocking.
      const isFull = (error as NodeJS.ErrnoException).code === 'EAGAIN';
      if (isFull) syscall('ppoll', new Int32Array([1, POLLOUT]), 1, null, null, 8);
      else if (done === 0) return false;
      else process.exit(1);
    }
  }
  return true;
}

const argv = process.argv.slice(2);
const answer = quickAnswer(plainCall(argv));
if (answer !== undefined && printed(answer)) process.exit(0);

if (leavesSignals(argv)) {
  const mask = signalMask(FORWARDED_SIGNALS);
  syscall('rt_sigprocmask', SIG_BLOCK, mask, null, mask.length);
}
const prefix = dirname(dirname(readlinkSync('/proc/self/exe')));
const program = join(prefix, 'libexec/hako');
const failure = replaceProgram(
  program,
  readFileSync('/proc/self/cmdline'),
  readFileSync('/proc/self/environ'),
);
writeSync(2, `hako: cannot start ${program}: ${failure.message}; install hako again\n`);
process.exit(1);
