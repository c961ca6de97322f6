import {
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { ask, call, refuses } from './kernel.ts';
import { lockRequest } from './locks.ts';
import { readEvents } from './watch.ts';

// Each check works in an empty folder of its own and throws when something is not as on a local file system.

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_APPEND, O_NOFOLLOW, O_DIRECTORY } = constants;
const O_DIRECT = 0o40000;
const O_TMPFILE = 0o20200000;
const O_NONBLOCK = 0o4000;
const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;
const RENAME_NOREPLACE = 1;
const RENAME_EXCHANGE = 2;
const LOCK_EX_NB = 2 | 4;
const F_OFD_SETLK = 37;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
const FALLOC_PUNCH_HOLE = 1 | 2;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MS_SYNC = 4;
const S_IFIFO = 0o010000;

type Check = (dir: string) => void;

function same(what: string, found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what} is ${a}, not ${b}`);
}

const open = (path: string, flags: number, mode = 0o644): number => call('open', path, flags, mode);

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function write(fd: number, text: string): void {
  call('write', fd, bytesOf(text), bytesOf(text).length);
}

/** The first bytes of an open file. */
function readAt(fd: number, length: number, offset = 0): string {
  const into = new Uint8Array(length);
  return new TextDecoder().decode(into.subarray(0, call('pread64', fd, into, length, offset)));
}

/** struct sockaddr_un */
function socketAddress(path: string): Uint8Array {
  const address = new Uint8Array(110);
  address[0] = 1;
  address.set(bytesOf(path), 2);
  return address;
}

const checks: Readonly<Record<string, Check>> = {
  'rename replaces': (dir) => {
    writeFileSync(`${dir}/a`, 'a');
    writeFileSync(`${dir}/b`, 'b');
    call('rename', `${dir}/a`, `${dir}/b`);
    same('content', readFileSync(`${dir}/b`, 'utf8'), 'a');
    same('names', readdirSync(dir), ['b']);
  },
  'rename of folders': (dir) => {
    mkdirSync(`${dir}/a/b`, { recursive: true });
    mkdirSync(`${dir}/full/x`, { recursive: true });
    refuses('EINVAL', 'rename', `${dir}/a`, `${dir}/a/b/c`);
    refuses('ENOTEMPTY', 'rename', `${dir}/a`, `${dir}/full`);
    call('rename', `${dir}/a`, `${dir}/full/x`);
    same('names', readdirSync(`${dir}/full/x`), ['b']);
    refuses('ENOTEMPTY', 'rmdir', `${dir}/full`);
  },
  'rename noreplace': (dir) => {
    writeFileSync(`${dir}/a`, 'a');
    writeFileSync(`${dir}/b`, 'b');
    refuses('EEXIST', 'renameat2', AT_FDCWD, `${dir}/a`, AT_FDCWD, `${dir}/b`, RENAME_NOREPLACE);
    call('renameat2', AT_FDCWD, `${dir}/a`, AT_FDCWD, `${dir}/c`, RENAME_NOREPLACE);
  },
  'rename exchange': (dir) => {
    writeFileSync(`${dir}/a`, 'a');
    writeFileSync(`${dir}/b`, 'b');
    call('renameat2', AT_FDCWD, `${dir}/a`, AT_FDCWD, `${dir}/b`, RENAME_EXCHANGE);
    same('content', readFileSync(`${dir}/a`, 'utf8'), 'b');
  },
  'hard links': (dir) => {
    writeFileSync(`${dir}/a`, 'one');
    call('link', `${dir}/a`, `${dir}/b`);
    same('links', statSync(`${dir}/a`).nlink, 2);
    same('inode', statSync(`${dir}/a`).ino, statSync(`${dir}/b`).ino);
    writeFileSync(`${dir}/b`, 'two');
    same('content', readFileSync(`${dir}/a`, 'utf8'), 'two');
    call('unlink', `${dir}/a`);
    same('links', statSync(`${dir}/b`).nlink, 1);
  },
  'symbolic links': (dir) => {
    call('symlink', 'nowhere', `${dir}/link`);
    same('kind', lstatSync(`${dir}/link`).isSymbolicLink(), true);
    refuses('ENOENT', 'open', `${dir}/link`, O_RDONLY, 0);
    refuses('ELOOP', 'open', `${dir}/link`, O_RDONLY | O_NOFOLLOW, 0);
    call('symlink', 'loop', `${dir}/loop`);
    refuses('ELOOP', 'open', `${dir}/loop`, O_RDONLY, 0);
  },
  'exclusive creation': (dir) => {
    open(`${dir}/a`, O_RDWR | O_CREAT | O_EXCL);
    refuses('EEXIST', 'open', `${dir}/a`, O_RDWR | O_CREAT | O_EXCL, 0o644);
  },
  'unlinked while open': (dir) => {
    const fd = open(`${dir}/a`, O_RDWR | O_CREAT);
    write(fd, 'before');
    call('unlink', `${dir}/a`);
    write(fd, ' after');
    same('content', readAt(fd, 20), 'before after');
    same('links', statSync(`/proc/self/fd/${fd}`).nlink, 0);
  },
  'append by two': (dir) => {
    const one = open(`${dir}/a`, O_WRONLY | O_CREAT | O_APPEND);
    const two = open(`${dir}/a`, O_WRONLY | O_APPEND);
    for (const word of ['a', 'b', 'c']) {
      write(one, word);
      write(two, word.toUpperCase());
    }
    same('content', readFileSync(`${dir}/a`, 'utf8'), 'aAbBcC');
  },
  flock: (dir) => {
    const one = open(`${dir}/a`, O_RDWR | O_CREAT);
    const two = open(`${dir}/a`, O_RDWR);
    call('flock', one, LOCK_EX_NB);
    refuses('EAGAIN', 'flock', two, LOCK_EX_NB);
    call('close', one);
    call('flock', two, LOCK_EX_NB);
  },
  'record locks': (dir) => {
    const one = open(`${dir}/a`, O_RDWR | O_CREAT);
    const two = open(`${dir}/a`, O_RDWR);
    call('fcntl', one, F_OFD_SETLK, lockRequest());
    refuses('EAGAIN', 'fcntl', two, F_OFD_SETLK, lockRequest());
    call('close', one);
    call('fcntl', two, F_OFD_SETLK, lockRequest());
  },
  'flock and record locks do not meet': (dir) => {
    call('flock', open(`${dir}/a`, O_RDWR | O_CREAT), LOCK_EX_NB);
    call('fcntl', open(`${dir}/a`, O_RDWR), F_OFD_SETLK, lockRequest());
  },
  'user xattrs': (dir) => {
    writeFileSync(`${dir}/a`, '');
    const value = bytesOf('value');
    call('setxattr', `${dir}/a`, 'user.note', value, value.length, 0);
    const into = new Uint8Array(100);
    const length = call('getxattr', `${dir}/a`, 'user.note', into, into.length);
    same('value', new TextDecoder().decode(into.subarray(0, length)), 'value');
    const names = new TextDecoder().decode(
      into.subarray(0, call('listxattr', `${dir}/a`, into, into.length)),
    );
    same('names', names.split('\0').includes('user.note'), true);
    call('removexattr', `${dir}/a`, 'user.note');
    refuses('ENODATA', 'getxattr', `${dir}/a`, 'user.note', into, into.length);
  },
  'sparse files': (dir) => {
    const fd = open(`${dir}/a`, O_RDWR | O_CREAT);
    call('ftruncate', fd, 3_000_000_000);
    call('pwrite64', fd, bytesOf('end'), 3, 2_999_999_997);
    same('size', statSync(`${dir}/a`).size, 3_000_000_000);
    same('hole', readAt(fd, 4, 1_000_000), '\0\0\0\0');
    same('end', readAt(fd, 4, 2_999_999_997), 'end');
    same('kept small', blocksOf(`${dir}/a`) < 4096, true);
  },
  'holes are found': (dir) => {
    const fd = open(`${dir}/a`, O_RDWR | O_CREAT);
    call('pwrite64', fd, bytesOf('x'), 1, 1 << 20);
    call('fsync', fd);
    same('first data', call('lseek', fd, 0, SEEK_DATA), 1 << 20);
    same('first hole', call('lseek', fd, 0, SEEK_HOLE), 0);
  },
  'space in advance': (dir) => {
    const fd = open(`${dir}/a`, O_RDWR | O_CREAT);
    call('fallocate', fd, 0, 0, 65_536);
    same('size', statSync(`${dir}/a`).size, 65_536);
  },
  'holes are punched': (dir) => {
    const fd = open(`${dir}/a`, O_RDWR | O_CREAT);
    call('pwrite64', fd, new Uint8Array(65_536).fill(120), 65_536, 0);
    call('fallocate', fd, FALLOC_PUNCH_HOLE, 0, 32_768);
    same('hole', readAt(fd, 2), '\0\0');
    same('rest', readAt(fd, 2, 32_768), 'xx');
  },
  'mapped shared': (dir) => {
    const fd = open(`${dir}/a`, O_RDWR | O_CREAT);
    call('ftruncate', fd, 8192);
    const memory = call('mmap', null, 8192, PROT_READ_WRITE, MAP_SHARED, fd, 0);
    const other = open(`${dir}/b`, O_RDWR | O_CREAT);
    call('pwrite64', other, bytesOf('mapped'), 6, 0);
    // The kernel writes into the mapping: it needs no pointer here.
    call('read', other, BigInt(memory) + 4096n, 6);
    call('msync', memory, 8192, MS_SYNC);
    same('file', readAt(fd, 6, 4096), 'mapped');
    same('by another opening', readAt(open(`${dir}/a`, O_RDONLY), 6, 4096), 'mapped');
    call('pwrite64', fd, bytesOf('wrote'), 5, 0);
    call('pwrite64', other, BigInt(memory), 5, 0);
    same('mapping', readAt(other, 5), 'wrote');
    call('munmap', memory, 8192);
  },
  'mapped private': (dir) => {
    writeFileSync(`${dir}/a`, 'original');
    const fd = open(`${dir}/a`, O_RDWR);
    const memory = call('mmap', null, 4096, PROT_READ_WRITE, MAP_PRIVATE, fd, 0);
    const other = open(`${dir}/b`, O_RDWR | O_CREAT);
    call('pwrite64', other, bytesOf('mine'), 4, 0);
    call('read', other, memory, 4);
    same('file', readAt(fd, 8), 'original');
    call('pwrite64', other, memory, 8, 0);
    same('mapping', readAt(other, 8), 'mineinal');
  },
  'inotify of own changes': (dir) => {
    const fd = call('inotify_init1', O_NONBLOCK);
    call('inotify_add_watch', fd, dir, 0x100 | 0x2 | 0x40 | 0x80 | 0x200);
    writeFileSync(`${dir}/a`, 'x');
    call('rename', `${dir}/a`, `${dir}/b`);
    call('unlink', `${dir}/b`);
    same(
      'events',
      readEvents(fd).map(({ mask, name }) => `${mask} ${name}`),
      ['256 a', '2 a', '64 a', '128 b', '512 b'],
    );
  },
  times: (dir) => {
    writeFileSync(`${dir}/a`, '');
    const times = new BigInt64Array([1_000_000_000n, 123_456_789n, 1_100_000_000n, 987_654_321n]);
    call('utimensat', AT_FDCWD, `${dir}/a`, times, 0);
    same('mtime', statSync(`${dir}/a`).mtimeMs, 1_100_000_000_987.6543);
  },
  modes: (dir) => {
    mkdirSync(`${dir}/d`);
    call('chmod', `${dir}/d`, 0o1777);
    same('folder', statSync(`${dir}/d`).mode & 0o7777, 0o1777);
    writeFileSync(`${dir}/a`, '');
    call('chmod', `${dir}/a`, 0o4711);
    same('file', statSync(`${dir}/a`).mode & 0o7777, 0o4711);
  },
  'named pipes': (dir) => {
    call('mknod', `${dir}/pipe`, S_IFIFO | 0o600, 0);
    const reader = open(`${dir}/pipe`, O_RDONLY | O_NONBLOCK);
    write(open(`${dir}/pipe`, O_WRONLY | O_NONBLOCK), 'through');
    const into = new Uint8Array(10);
    same('bytes', call('read', reader, into, 10), 7);
  },
  sockets: (dir) => {
    const path = `${dir}/s`;
    const server = call('socket', 1, 1, 0);
    call('bind', server, socketAddress(path), 110);
    call('listen', server, 1);
    const client = call('socket', 1, 1, 0);
    call('connect', client, socketAddress(path), 110);
    write(client, 'hello');
    const into = new Uint8Array(10);
    same('bytes', call('read', call('accept', server, null, null), into, 10), 5);
  },
  'long names': (dir) => {
    writeFileSync(`${dir}/${'n'.repeat(255)}`, '');
    refuses('ENAMETOOLONG', 'open', `${dir}/${'n'.repeat(256)}`, O_RDWR | O_CREAT, 0o644);
    writeFileSync(`${dir}/häkö 箱 "\n\\`, 'x');
    same('names', readdirSync(dir).includes('häkö 箱 "\n\\'), true);
  },
  'folders read while they empty': (dir) => {
    for (let index = 0; index < 200; index++) writeFileSync(`${dir}/${index}`, '');
    const names = readdirSync(dir);
    same('names', new Set(names).size, 200);
    for (const name of names) call('unlink', `${dir}/${name}`);
    same('left', readdirSync(dir), []);
  },
  'files without a name': (dir) => {
    const fd = open(dir, O_RDWR | O_TMPFILE, 0o600);
    write(fd, 'nameless');
    same('names', readdirSync(dir), []);
    call('linkat', AT_FDCWD, `/proc/self/fd/${fd}`, AT_FDCWD, `${dir}/named`, AT_SYMLINK_FOLLOW);
    same('content', readFileSync(`${dir}/named`, 'utf8'), 'nameless');
  },
  'direct reads and writes': (dir) => {
    const fd = open(`${dir}/a`, O_RDWR | O_CREAT | O_DIRECT);
    const memory = call('mmap', null, 4096, PROT_READ_WRITE, MAP_PRIVATE | 0x20, -1, 0);
    call('write', fd, memory, 4096);
    same('size', statSync(`${dir}/a`).size, 4096);
    same('read', call('pread64', fd, memory, 4096, 0), 4096);
  },
  'copies inside the kernel': (dir) => {
    writeFileSync(`${dir}/a`, 'to be copied');
    const from = open(`${dir}/a`, O_RDONLY);
    const to = open(`${dir}/b`, O_RDWR | O_CREAT);
    same('bytes', call('copy_file_range', from, null, to, null, 100, 0), 12);
    same('content', readFileSync(`${dir}/b`, 'utf8'), 'to be copied');
  },
  synced: (dir) => {
    const fd = open(`${dir}/a`, O_RDWR | O_CREAT);
    write(fd, 'x');
    call('fsync', fd);
    call('fsync', open(dir, O_RDONLY | O_DIRECTORY));
    same('blocks of the file system', statfsSync(dir).blocks > 0, true);
  },
};

/** struct stat: blocks of 512 bytes at 64. */
function blocksOf(path: string): number {
  const memory = new DataView(new ArrayBuffer(144));
  call('stat', path, memory.buffer);
  return Number(memory.getBigInt64(64, true));
}

/** Runs all checks below a folder; answers a line for each: its name and `ok`, or what was wrong. */
export function runChecks(folder: string): readonly string[] {
  return Object.entries(checks).map(([name, check], index) => {
    const dir = `${folder}/check-${index}`;
    mkdirSync(dir);
    const before = ask('open', '/proc/self/exe', O_RDONLY, 0);
    let outcome = 'ok';
    try {
      check(dir);
    } catch (error) {
      outcome = (error as Error).message;
    }
    // Whatever the check left open; descriptors are handed out from the lowest on.
    for (let fd = before; fd < before + 16; fd++) ask('close', fd);
    return `${name}: ${outcome}`;
  });
}
