import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import {
  openPty,
  openReadable,
  openWritable,
  readableFrom,
  takeDescriptor,
  writableFrom,
} from '../../src/index.ts';
import { assertPosixError, type Case, eventually, once } from './support.ts';

function makeFifo(dir: string): string {
  const path = join(dir, 'fifo');
  assert.equal(spawnSync('mkfifo', [path]).status, 0);
  return path;
}

async function readAll(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

/** Runs for `ms` with nothing to do and returns the CPU time spent meanwhile, in milliseconds. */
async function cpuWhileIdle(ms: number): Promise<number> {
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Number of this process's descriptors of `path`. */
function openFds(path: string): number {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return links.filter((link) => link === path).length;
}

const O_NONBLOCK_WRITE = constants.O_WRONLY | constants.O_NONBLOCK;

/** Fills the pipe until it refuses; the number of bytes it took. */
function fill(fd: number): number {
  const chunk = Buffer.alloc(4096, 'x');
  let total = 0;
  try {
    for (;;) total += writeSync(fd, chunk);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN');
    return total;
  }
}

export const byteStreams: Record<string, Case> = {
  'a FIFO opened before its writer is read to the end': async (dir) => {
    const path = makeFifo(dir);
    const stream = openReadable(path);
    const text = readAll(stream);
    assert.ok((await cpuWhileIdle(60)) < 40);
    const writeEnd = openSync(path, 'w');
    const writer = spawn('sh', ['-c', 'printf "one "; printf two'], {
      stdio: ['ignore', writeEnd, 'inherit'],
    });
    closeSync(writeEnd);
    await once(writer, 'exit');
    assert.equal(await text, 'one two');
  },

  'a reader that stalls stalls the writer, without a busy loop': async (dir) => {
    const path = makeFifo(dir);
    const stream = openReadable(path);
    const writer = openSync(path, O_NONBLOCK_WRITE);
    // The stream may take up to what its high-water mark and the engine's own buffer allow, then no more.
    let total = 0;
    let previous = -1;
    while (total !== previous) {
      previous = total;
      total += fill(writer);
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.ok(total < 2_000_000, `${total} bytes were taken without a reader`);
    }
    assert.ok((await cpuWhileIdle(200)) < 100);
    let received = 0;
    stream.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    const ended = once(stream, 'end');
    closeSync(writer);
    await ended;
    assert.equal(received, total);
  },

  'a reader that is destroyed while idle frees its descriptor': async (dir) => {
    const path = makeFifo(dir);
    const before = openFds(path);
    const stream = openReadable(path);
    const writer = openSync(path, O_NONBLOCK_WRITE);
    const first = once(stream, 'data');
    writeSync(writer, 'x');
    await first;
    const closed = once(stream, 'close');
    stream.destroy();
    await closed;
    await eventually(() => openFds(path) === before + 1, 'descriptors are left');
    assert.throws(() => writeSync(writer, 'y'), { code: 'EPIPE' });
    closeSync(writer);
  },

  'writes to a FIFO arrive, wait for a slow reader, and end': async (dir) => {
    const path = makeFifo(dir);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stream = openWritable(path);
    const block = Buffer.alloc(256 * 1024, 'z');
    let written = false;
    const done = new Promise<void>((resolve, reject) =>
      stream.write(block, (error) => {
        written = true;
        if (error) reject(error);
        else resolve();
      }),
    );
    assert.ok((await cpuWhileIdle(150)) < 80);
    assert.equal(written, false);
    assert.equal(stream.writableNeedDrain, true);
    stream.end('last');
    let text = '';
    const chunk = Buffer.alloc(65_536);
    for (;;) {
      let count: number;
      try {
        count = readSync(reader, chunk);
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN');
        await new Promise(setImmediate);
        continue;
      }
      if (count === 0) break;
      text += chunk.toString('latin1', 0, count);
    }
    await done;
    closeSync(reader);
    assert.equal(text.length, block.length + 4);
    assert.ok(text.endsWith('zlast'));
  },

  'a reader that leaves is EPIPE for the writer, also in the middle of a write': async (dir) => {
    const path = makeFifo(dir);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const before = openFds(path);
    const stream = openWritable(path);
    const failed = once(stream, 'error');
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.write(Buffer.alloc(256 * 1024));
    await cpuWhileIdle(20);
    closeSync(reader);
    assert.equal(((await failed) as NodeJS.ErrnoException).code, 'EPIPE');
    await closed;
    await eventually(() => openFds(path) === before - 1, 'descriptors are left');
    assertPosixError(() => openWritable(path), 'ENXIO', path);
  },

  'a stalled writer can be destroyed': async (dir) => {
    const path = makeFifo(dir);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const before = openFds(path);
    const stream = openWritable(path);
    stream.on('error', () => undefined);
    stream.end(Buffer.alloc(256 * 1024));
    await cpuWhileIdle(20);
    const closed = once(stream, 'close');
    stream.destroy();
    await closed;
    assert.ok((await cpuWhileIdle(100)) < 60);
    await eventually(() => openFds(path) === before, 'descriptors are left');
    // Nothing of ours holds the pipe any more: its end is seen.
    const chunk = Buffer.alloc(1 << 20);
    while (readSync(reader, chunk) > 0);
    closeSync(reader);
  },

  'the pipe of another process is opened without touching its flags': async () => {
    const child = spawn('cat', [], { stdio: ['pipe', 'pipe', 'inherit'] });
    const flagsOf = (): string | undefined =>
      readFileSync(`/proc/${child.pid}/fdinfo/0`, 'utf8').match(/^flags:\s*(\d+)/m)?.[1];
    const before = flagsOf();
    const echoed = once(child.stdout, 'data');
    // node:child_process uses socket pairs, which cannot be opened; a shell pipe can.
    assertPosixError(() => openWritable(`/proc/${child.pid}/fd/0`), 'ENXIO');
    child.stdin.write('alive');
    assert.equal(String(await echoed), 'alive');
    assert.equal(flagsOf(), before);
    child.stdin.end();
    await once(child, 'exit');
  },

  'a shell pipe of another process carries bytes both ways': async () => {
    // The middle process has a pipe on both sides and uses neither.
    const shell = spawn('sh', ['-c', 'cat | sh -c "echo \\$\\$ >&2; exec sleep 60" | cat'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let text = '';
    const pid = await new Promise<number>((resolve) => {
      shell.stderr.on('data', (chunk) => {
        text += String(chunk);
        if (text.endsWith('\n')) resolve(Number(text));
      });
    });
    // The shell has its stderr on descriptor 1 while it echoes there.
    await eventually(() => readlinkSync(`/proc/${pid}/fd/1`).startsWith('pipe:'), 'stdout is no pipe');
    const input = openReadable(`/proc/${pid}/fd/0`);
    const output = openWritable(`/proc/${pid}/fd/1`);
    const seen = once(input, 'data');
    shell.stdin.write('question');
    assert.equal(String(await seen), 'question');
    const answered = once(shell.stdout, 'data');
    output.write('answer');
    assert.equal(String(await answered), 'answer');
    const exited = once(shell, 'exit');
    input.destroy();
    output.end();
    shell.stdin.end();
    process.kill(pid, 'SIGKILL');
    await exited;
  },

  'devices that never block and regular files work too': async (dir) => {
    assert.equal(await readAll(openReadable('/dev/null')), '');
    const sink = openWritable('/dev/null');
    sink.end('swallowed');
    await once(sink, 'close');
    const full = openWritable('/dev/full');
    full.write('x');
    assert.equal(((await once(full, 'error')) as NodeJS.ErrnoException).code, 'ENOSPC');
    const path = join(dir, 'file');
    writeFileSync(path, 'first ');
    const file = openWritable(path);
    file.end('second');
    await once(file, 'close');
    assert.equal(await readAll(openReadable(path)), 'first second');
    assertPosixError(() => openReadable(join(dir, 'absent')), 'ENOENT', join(dir, 'absent'));
  },

  'a terminal is read, written, and ends with its master': async () => {
    const { masterFd, slavePath } = openPty();
    const input = openReadable(slavePath);
    const output = openWritable(slavePath);
    const seen = once(input, 'data');
    assert.ok((await cpuWhileIdle(100)) < 60);
    writeSync(masterFd, 'line\n');
    assert.equal(String(await seen), 'line\n');
    await new Promise<void>((resolve, reject) =>
      output.write('reply', (error) => (error ? reject(error) : resolve())),
    );
    const chunk = Buffer.alloc(100);
    let text = '';
    while (!text.includes('reply')) text += chunk.toString('latin1', 0, readSync(masterFd, chunk));
    assert.match(text, /line\r\nreply/);
    const ended = new Promise<void>((resolve) => {
      input.once('close', () => resolve());
      input.on('error', () => undefined);
    });
    output.on('error', () => undefined);
    closeSync(masterFd);
    await ended;
    output.destroy();
  },

  'a hundred idle streams cost no threads': async (dir) => {
    const threads = (): number => readdirSync('/proc/self/task').length;
    const path = makeFifo(dir);
    // Reading files once lets the engine start whatever pool it has.
    await readAll(openReadable('/dev/null'));
    const before = threads();
    const streams = Array.from({ length: 100 }, () => openReadable(path).on('data', () => undefined));
    await cpuWhileIdle(30);
    assert.ok(threads() <= before + 2, `${threads()} threads, ${before} before`);
    assert.ok((await cpuWhileIdle(200)) < 100);
    // Other work on the pool still runs.
    assert.match(await readAll(openReadable('/proc/self/comm')), /./);
    await Promise.all(
      streams.map(async (stream) => {
        const closed = once(stream, 'close');
        stream.destroy();
        await closed;
      }),
    );
  },

  'sockets taken from another process carry streams, with back pressure': async () => {
    const child = spawn('sleep', ['60'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const pid = child.pid ?? 0;
    const isSocket = readlinkSync(`/proc/${pid}/fd/0`).startsWith('socket:');
    assert.ok(isSocket, 'both engines make sockets for stdio');
    const [input, output] = [takeDescriptor(pid, 0), takeDescriptor(pid, 1)];
    const reader = readableFrom(input);
    const writer = writableFrom(output);
    const text = readAll(reader);
    child.stdin.end('x'.repeat(300_000));
    assert.equal((await text).length, 300_000);
    let taken = 0;
    const pieces = 200;
    const writing = (async () => {
      for (let i = 0; i < pieces; i++) {
        await new Promise<void>((resolve, reject) => {
          writer.write(Buffer.alloc(32_768), (error) => (error ? reject(error) : resolve()));
        });
        taken += 1;
      }
      writer.end();
    })();
    // Nobody reads yet: what the socket holds is taken, and no more.
    assert.ok((await cpuWhileIdle(100)) < 80);
    assert.ok(taken < pieces, 'the writer was not stopped');
    const got = readAll(child.stdout);
    await writing;
    child.kill('SIGKILL');
    assert.equal((await got).length, pieces * 32_768);
    await exited;
  },
};
