import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import {
  acceptUnix,
  closeOnExecFrom,
  connectUnix,
  connectUnixDescriptor,
  isProcessAlive,
  keepingCapabilities,
  killExact,
  listenUnix,
  lockFile,
  makePipe,
  makeTerminalRaw,
  memoryFile,
  mount,
  openBeneath,
  openPty,
  PosixError,
  parseKernelList,
  processStartTime,
  processStatus,
  reapChild,
  receiveDescriptor,
  releaseProgramPages,
  restoreTerminal,
  sendDescriptor,
  setChildSubreaper,
  setThreadCpus,
  setWindowSize,
  takeDescriptor,
  threadCpus,
  tryFlock,
  unmount,
  windowSize,
} from '../../src/index.ts';
import { assertPosixError, assertRejectsPosix, type Case, once } from './support.ts';

export const systemCalls: Record<string, Case> = {
  'a failed call carries errno name, system call and path': (dir) => {
    const target = join(dir, 'absent');
    assertPosixError(() => mount({ source: 'none', target, type: 'tmpfs' }), 'ENOENT', target);
    assertPosixError(() => unmount(dir), 'EINVAL', dir);
    assertPosixError(() => unmount('a\0b'), 'EINVAL');
  },

  'the pages of the executable go, and the program lives on': () => {
    assert.ok(releaseProgramPages() > 1 << 20);
    assert.equal(JSON.stringify([2, 1].toReversed()), '[1,2]');
    assert.ok(releaseProgramPages() > 0, 'what was used since is there again');
  },

  'a thread is bound to CPUs and let go again': () => {
    const before = threadCpus(process.pid);
    try {
      setThreadCpus(process.pid, before.slice(0, 1));
      assert.deepEqual(threadCpus(process.pid), before.slice(0, 1));
    } finally {
      setThreadCpus(process.pid, before);
    }
    assert.deepEqual(threadCpus(process.pid), before);
    assertPosixError(() => setThreadCpus(process.pid, [1023]), 'EINVAL');
    assert.deepEqual(parseKernelList('0-2, 5\n'), [0, 1, 2, 5]);
    assert.equal(parseKernelList('0-'), undefined);
  },

  'a pipe carries bytes one way, and is closed in children': () => {
    const [readFd, writeFd] = makePipe();
    try {
      writeSync(writeFd, 'x');
      const piece = Buffer.alloc(8);
      assert.equal(readSync(readFd, piece), 1);
      const list = spawnSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' }).stdout;
      assert.ok(!list.includes(readlinkSync(`/proc/self/fd/${readFd}`)));
    } finally {
      closeSync(readFd);
      closeSync(writeFd);
    }
  },

  'inherited descriptors can be kept from children': (dir) => {
    // A shell without close-on-exec hands its descriptor 9 to this file's programs in the same way.
    const path = join(dir, 'leak');
    const flagsOf = (fd: number) =>
      readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').match(/^flags:\s*(\d+)/m)?.[1];
    const fd = openSync(path, 'w');
    try {
      closeOnExecFrom(fd);
      assert.ok(Number.parseInt(flagsOf(fd) ?? '0', 8) & 0o2000000);
    } finally {
      closeSync(fd);
    }
  },

  'flock tells at once whether another holds the lock': (dir) => {
    const path = join(dir, 'lock');
    writeFileSync(path, '');
    const first = openSync(path, 'r');
    const second = openSync(path, 'r');
    assert.equal(tryFlock(first, 'shared'), true);
    assert.equal(tryFlock(second, 'shared'), true);
    assert.equal(tryFlock(second, 'exclusive'), false);
    closeSync(first);
    assert.equal(tryFlock(second, 'exclusive'), true);
    closeSync(second);
    assertPosixError(() => tryFlock(second, 'shared'), 'EBADF');
  },

  'a lock file is waited for, in time or not': async (dir) => {
    const path = join(dir, 'lock');
    const first = await lockFile(path);
    await assertRejectsPosix(lockFile(path, { timeoutMs: 5 }), 'ETIMEDOUT');
    await assert.rejects(lockFile(path, { signal: AbortSignal.timeout(5) }));
    let taken = false;
    const second = lockFile(path).then((lock) => {
      taken = true;
      return lock;
    });
    await assertRejectsPosix(lockFile(path, { timeoutMs: 30 }), 'ETIMEDOUT');
    assert.equal(taken, false);
    first.release();
    first.release();
    (await second).release();
    assert.equal(statSync(path).mode & 0o777, 0o600);
    await assertRejectsPosix(lockFile(join(dir, 'absent', 'lock')), 'ENOENT');
  },

  'a listening socket has its mode, is connectable, and only named children get it': async (dir) => {
    const path = join(dir, 's');
    const umask = process.umask(0);
    let fd: number;
    try {
      fd = listenUnix(path);
    } finally {
      process.umask(umask);
    }
    try {
      assert.equal(statSync(path).mode & 0o777, 0o600);
      const peer = await connectUnix(path);
      peer.destroy();
      assertPosixError(() => listenUnix(path), 'EADDRINUSE', path);
      const link = readlinkSync(`/proc/self/fd/${fd}`);
      const script = 'readlink /proc/$$/fd/*';
      const outsider = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
      assert.ok(!outsider.stdout.includes(link), outsider.stdout);
      const heir = spawnSync('sh', ['-c', 'readlink /proc/$$/fd/3'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit', fd],
      });
      assert.equal(heir.stdout.trim(), link);
    } finally {
      closeSync(fd);
    }
    await assertRejectsPosix(connectUnix(path), 'ECONNREFUSED');
  },

  'socket paths may be longer than a socket address': async (dir) => {
    const long = join(dir, 'd'.repeat(120));
    mkdirSync(long);
    const path = join(long, 'socket');
    const fd = listenUnix(path);
    try {
      assert.ok(statSync(path).isSocket());
      (await connectUnix(path)).destroy();
    } finally {
      closeSync(fd);
    }
    assertPosixError(() => listenUnix(join(long, 'n'.repeat(120))), 'ENAMETOOLONG');
    await assertRejectsPosix(connectUnix(join(long, 'absent')), 'ENOENT');
  },

  'only the process that was meant is killed': async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const exited = once(child, 'exit');
    const pid = child.pid ?? 0;
    const startTime = processStartTime(pid) ?? 0;
    assert.ok(startTime > 0);
    assert.equal(processStatus(pid)?.parentPid, process.pid);
    assert.equal(killExact(pid, startTime + 1, 'SIGKILL'), false);
    assert.equal(isProcessAlive(pid, startTime), true);
    assert.equal(isProcessAlive(pid, startTime + 1), false);
    assertPosixError(() => killExact(pid, startTime, 9999), 'EINVAL');
    assert.equal(killExact(pid, startTime, 'SIGKILL'), true);
    await exited;
    assert.equal(killExact(pid, startTime, 'SIGKILL'), false);
    assert.equal(processStartTime(pid), null);
    assert.equal(isProcessAlive(pid, startTime), false);
  },

  'an orphan is adopted and reaped with its exit status': async () => {
    setChildSubreaper(true);
    try {
      // The orphan outlives its parent until descriptor 3 ends.
      const parent = spawn('sh', ['-c', '(read x <&3; exit 7) & echo $!'], {
        stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
      });
      const output = once(parent.stdout as Readable, 'data');
      const exited = once(parent, 'exit');
      const orphan = Number(String(await output).trim());
      await exited;
      assert.equal(processStatus(orphan)?.parentPid, process.pid);
      assert.equal(reapChild(orphan), null);
      (parent.stdio[3] as Writable).end();
      let exit = reapChild(orphan);
      while (exit === null) {
        await new Promise(setImmediate);
        exit = reapChild(orphan);
      }
      assert.deepEqual(exit, { pid: orphan, exitCode: 7, signal: null });
      assertPosixError(() => reapChild(orphan), 'ECHILD');
    } finally {
      setChildSubreaper(false);
    }
  },

  'a process can be started that keeps its capabilities under another user id; others are not': () => {
    const bits = (): string => spawnSync('setpriv', ['--dump'], { encoding: 'utf8' }).stdout;
    assert.match(keepingCapabilities(bits), /Securebits: .*no_setuid_fixup/);
    assert.doesNotMatch(bits(), /no_setuid_fixup/);
  },

  'children start with default signals, whatever we ignore': () => {
    // What a helper for resetting signals would be for: both engines do it on every spawn.
    const ignore = (): void => undefined;
    process.on('SIGTERM', ignore);
    try {
      const result = spawnSync('grep', ['-E', '^Sig(Blk|Ign):', '/proc/self/status'], { encoding: 'utf8' });
      assert.deepEqual(result.stdout.trim().split(/\s+/), [
        'SigBlk:',
        '0000000000000000',
        'SigIgn:',
        '0000000000000000',
      ]);
    } finally {
      process.off('SIGTERM', ignore);
    }
  },

  'nothing outside the root is opened': (dir) => {
    const root = join(dir, 'root');
    mkdirSync(join(root, 'sub'), { recursive: true });
    writeFileSync(join(root, 'sub', 'file'), 'inside');
    writeFileSync(join(dir, 'secret'), 'outside');
    symlinkSync('../../secret', join(root, 'sub', 'escape'));
    symlinkSync('file', join(root, 'sub', 'inner'));
    const rootFd = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      const fd = openBeneath(rootFd, 'sub/file');
      assert.equal(readFileSync(fd, 'utf8'), 'inside');
      closeSync(fd);
      closeSync(openBeneath(rootFd, 'sub', { flags: constants.O_RDONLY | constants.O_DIRECTORY }));
      const made = openBeneath(rootFd, 'new', { flags: constants.O_WRONLY | constants.O_CREAT, mode: 0o640 });
      closeSync(made);
      assert.equal(statSync(join(root, 'new')).mode & 0o777, 0o640);
      assertPosixError(() => openBeneath(rootFd, 'sub/escape'), 'ELOOP', 'sub/escape');
      assertPosixError(() => openBeneath(rootFd, 'sub/inner'), 'ELOOP');
      assertPosixError(() => openBeneath(rootFd, 'sub/escape', { followLinks: true }), 'EXDEV');
      closeSync(openBeneath(rootFd, 'sub/inner', { followLinks: true }));
      assertPosixError(() => openBeneath(rootFd, '../secret'), 'EXDEV');
      assertPosixError(() => openBeneath(rootFd, '/etc/passwd'), 'EXDEV');
      assertPosixError(() => openBeneath(rootFd, 'absent'), 'ENOENT');
    } finally {
      closeSync(rootFd);
    }
  },

  'a pseudo-terminal keeps its window size': () => {
    const { masterFd, slavePath } = openPty();
    try {
      assert.match(slavePath, /^\/dev\/pts\/\d+$/);
      setWindowSize(masterFd, { rows: 33, columns: 121 });
      const slave = openSync(slavePath, constants.O_RDWR | constants.O_NOCTTY);
      assert.deepEqual(windowSize(slave), { rows: 33, columns: 121 });
      closeSync(slave);
    } finally {
      closeSync(masterFd);
    }
    const file = openSync('/dev/null', 'r');
    assertPosixError(() => windowSize(file), 'ENOTTY');
    closeSync(file);
  },

  'a raw terminal changes no byte, and gets its mode back': () => {
    const { masterFd, slavePath } = openPty();
    const slave = openSync(slavePath, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    /** One side is written, and the other reads so much, in as many pieces as the kernel makes of it. */
    const through = (from: number, bytes: string, to: number, length: number): string => {
      writeSync(from, bytes);
      const piece = Buffer.alloc(length);
      let text = '';
      while (text.length < length) text += piece.toString('latin1', 0, readSync(to, piece));
      return text;
    };
    try {
      assert.equal(through(slave, 'a\n', masterFd, 3), 'a\r\n');
      const before = makeTerminalRaw(slave);
      assert.equal(through(slave, 'a\nb', masterFd, 3), 'a\nb');
      assert.equal(through(masterFd, '\x03x\r', slave, 3), '\x03x\r');
      restoreTerminal(slave, before);
      assert.equal(through(slave, 'a\n', masterFd, 3), 'a\r\n');
    } finally {
      closeSync(slave);
      closeSync(masterFd);
    }
  },

  'a descriptor goes over a Unix socket, with its text': (dir) => {
    const path = join(dir, 's');
    const listener = listenUnix(path);
    try {
      const client = connectUnixDescriptor(path);
      const accepted = acceptUnix(listener);
      writeFileSync(join(dir, 'file'), 'content');
      const fd = openSync(join(dir, 'file'), 'r');
      sendDescriptor(client, fd, '/dev/ptmx');
      closeSync(fd);
      const received = receiveDescriptor(accepted);
      assert.equal(received.text, '/dev/ptmx');
      assert.equal(readFileSync(received.fd, 'utf8'), 'content');
      closeSync(received.fd);
      writeSync(client, 'no descriptor');
      assertPosixError(() => receiveDescriptor(accepted), 'EBADMSG');
      closeSync(accepted);
      assertPosixError(() => sendDescriptor(client, 0, 'x'), 'EPIPE');
      assertPosixError(() => sendDescriptor(client, 0, ''), 'EMSGSIZE');
      closeSync(client);
    } finally {
      closeSync(listener);
    }
    assertPosixError(() => connectUnixDescriptor(path), 'ECONNREFUSED', path);
    assertPosixError(() => connectUnixDescriptor(join(dir, 'file')), 'ECONNREFUSED');
    assertPosixError(() => connectUnixDescriptor(join(dir, 'absent')), 'ENOENT');
  },

  'a descriptor of another process is taken with its offset': async (dir) => {
    const path = join(dir, 'file');
    writeFileSync(path, 'abcdef');
    const file = openSync(path, 'r');
    readSync(file, Buffer.alloc(2));
    const child = spawn('sleep', ['60'], { stdio: [file, 'ignore', 'ignore'] });
    closeSync(file);
    const exited = once(child, 'exit');
    const pid = child.pid ?? 0;
    try {
      const taken = takeDescriptor(pid, 0);
      const piece = Buffer.alloc(16);
      assert.equal(piece.toString('latin1', 0, readSync(taken, piece)), 'cdef');
      closeSync(taken);
      assertPosixError(() => takeDescriptor(pid, 99), 'EBADF');
    } finally {
      child.kill('SIGKILL');
      await exited;
    }
    assertPosixError(() => takeDescriptor(pid, 0), 'ESRCH');
  },

  'a program is run from memory': () => {
    const fd = memoryFile('script', Buffer.from('echo in memory'));
    try {
      const { stdout } = spawnSync('sh', [`/proc/${process.pid}/fd/${fd}`], { encoding: 'utf8' });
      assert.equal(stdout, 'in memory\n');
    } finally {
      closeSync(fd);
    }
  },

  'errors are PosixErrors with a closed shape': () => {
    try {
      unmount('/definitely/absent');
      assert.fail('not reached');
    } catch (error) {
      assert.ok(error instanceof PosixError);
      assert.deepEqual({ ...error.facts }, { syscall: 'umount2', errno: 2, path: '/definitely/absent' });
      assert.equal(error.message, 'umount2 "/definitely/absent" failed with ENOENT');
    }
  },
};
