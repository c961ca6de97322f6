import { closeSync, writeSync } from 'node:fs';
import { readiness, replaceProgram, startChild, syscall, watchDescriptor } from '@hako/engine/system';

// What only the engine has: children, descriptors of any kind in the event loop, system calls. Talks on stdout.

const say = (text: string): void => {
  writeSync(1, `${text}\n`);
};

const ends = new Int32Array(2);
syscall('pipe2', ends, 0o2004000);
const [readEnd = -1, writeEnd = -1] = ends;
const bytes = new Uint8Array(100);
const unwatch = watchDescriptor(readEnd, (events) => {
  const count = syscall('read', readEnd, bytes, bytes.length);
  if (count > 0) say(`read ${new TextDecoder().decode(bytes.subarray(0, count))}`);
  else if ((events & readiness.hangUp) !== 0) {
    say(`end ${count}`);
    unwatch();
    closeSync(readEnd);
  }
});

process.on('SIGCHLD', () => {
  const status = new Int32Array(1);
  // The one that did not become a program has told already.
  if (syscall('wait4', -1, status, 1, null) <= 0) return;
  say(`child ended with ${status[0]}`);
  say(replaceProgram('/no/such/program', new Uint8Array(0), new Uint8Array(0)).message);
  // Bytes that are no UTF-8 stay what they are; the program takes SIGPIPE as any does.
  const script = 'grep SigIgn /proc/self/status; printf "%s %s" "$1" "$WORD" | od -An -tx1; echo done';
  const args = new TextEncoder().encode(`sh\0-c\0${script}\0name\0x\0`);
  args[args.length - 2] = 0xff;
  const environment = new TextEncoder().encode('PATH=/usr/bin:/bin\0WORD=\u00e9\0');
  say(replaceProgram('/bin/sh', args, environment).message);
});
try {
  startChild({ args: ['no-such-program'], env: process.env });
} catch (error) {
  say(String((error as Error).message));
}
try {
  syscall('openat', -100, 'a\0b', 0);
} catch (error) {
  say(String(error));
}
const script = 'echo "$WORD"; grep SigIgn /proc/self/status >&2; exit 3';
startChild({
  args: ['sh', '-c', script],
  stdio: [writeEnd, writeEnd, 1],
  env: { ...process.env, WORD: 'wörd' },
});
closeSync(writeEnd);
setTimeout(() => {}, 20_000);
