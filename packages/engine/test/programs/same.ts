import {
  appendFileSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, extname, isAbsolute, join, normalize, relative, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

// Says the same on Node.js and in an engine's executable; the only argument is an empty folder to work in.

const dir = process.argv.at(-1) ?? '';
/** At the end of all, so that the order of what is said late counts too. */
const lines: string[] = [];

function say(...words: readonly unknown[]): void {
  lines.push(words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))).join(' '));
}

function errorOf(action: () => unknown): object {
  try {
    return { value: action() };
  } catch (error) {
    const { message, code, errno, syscall, path, name } = error as NodeJS.ErrnoException;
    return { message, code, errno, syscall, path, name };
  }
}

function files(): void {
  const file = join(dir, 'file');
  writeFileSync(file, 'häus\n');
  appendFileSync(file, new Uint8Array([0, 255]));
  say('size', statSync(file).size, [...readFileSync(file)], readFileSync(file, 'latin1'));
  say('kinds', statSync(file).isFile(), statSync(dir).isDirectory(), lstatSync(file).isSymbolicLink());
  const large = new Uint8Array(300_000).map((_, index) => index % 251);
  writeFileSync(join(dir, 'large'), large);
  say(
    'large',
    readFileSync(join(dir, 'large')).every((byte, index) => byte === index % 251),
  );
  chmodSync(file, 0o640);
  const { mode, ino, dev, uid, gid, nlink, mtimeMs } = statSync(file);
  say('stat', { mode, ino: ino > 0, dev: dev > 0, uid, gid, nlink, recent: Date.now() - mtimeMs < 60_000 });
  symlinkSync('file', join(dir, 'link'));
  say('link', readlinkSync(join(dir, 'link')), lstatSync(join(dir, 'link')).isSymbolicLink());
  say('real', relative(dir, realpathSync(join(dir, 'link'))));
  renameSync(file, join(dir, 'renamed'));
  say('exists', existsSync(file), existsSync(join(dir, 'renamed')), existsSync(join(dir, 'link')));
  const fd = openSync(join(dir, 'renamed'), constants.O_RDWR | constants.O_APPEND);
  const into = new Uint8Array(4);
  say('read', readSync(fd, into), [...into], writeSync(fd, 'é'));
  closeSync(fd);
  const holed = openSync(join(dir, 'holed'), 'w+');
  say('write at', writeSync(holed, new Uint8Array([1, 2, 3, 4]), 1, 2, 5_000_000_000));
  say('holed', statSync(join(dir, 'holed')).size);
  closeSync(holed);
  unlinkSync(join(dir, 'holed'));
  lchownSync(join(dir, 'link'), lstatSync(dir).uid, lstatSync(dir).gid);
  const { type, bsize, blocks, files: inodes } = statfsSync('/proc');
  say('file system', { type, bsize, blocks, inodes }, statfsSync(dir).bavail > 0, statfsSync(dir).ffree > 0);
  unlinkSync(join(dir, 'link'));
  mkdirSync(join(dir, 'a/b/c'), { recursive: true });
  mkdirSync(join(dir, 'a/b'), { recursive: true });
  writeFileSync(join(dir, 'a/z'), '');
  writeFileSync(join(dir, 'a/Z'), '', { mode: 0o600 });
  say('list', readdirSync(join(dir, 'a')), readdirSync(dir));
  say(
    'entries',
    readdirSync(join(dir, 'a'), { withFileTypes: true }).map((entry) => [entry.name, entry.isDirectory()]),
  );
  rmdirSync(join(dir, 'a/b/c'));
  rmSync(join(dir, 'a'), { recursive: true });
  rmSync(join(dir, 'a'), { recursive: true, force: true });
  say('gone', existsSync(join(dir, 'a')));
}

function failures(): void {
  const missing = '/nowhere/file';
  say(errorOf(() => readFileSync(missing)));
  say(errorOf(() => openSync(missing, 'w')));
  say(errorOf(() => writeFileSync('/proc/version', 'x', { flag: 'r+' })));
  say(errorOf(() => statSync(missing)));
  say(errorOf(() => readdirSync(missing)));
  say(errorOf(() => readdirSync('/proc/version')));
  say(errorOf(() => readFileSync('/proc')));
  say(errorOf(() => mkdirSync('/proc')));
  say(errorOf(() => rmdirSync('/proc/version')));
  say(errorOf(() => unlinkSync(missing)));
  say(errorOf(() => renameSync(missing, '/x')));
  say(errorOf(() => symlinkSync('/x', '/proc/version')));
  say(errorOf(() => readlinkSync('/proc/version')));
  say(errorOf(() => chmodSync(missing, 0o600)));
  say(errorOf(() => lchownSync(missing, 0, 0)));
  say(errorOf(() => statfsSync(missing)));
  say(errorOf(() => closeSync(9999)));
  say(errorOf(() => process.kill(2 ** 22 + 1, 9)));
  say('nul', existsSync('a\0b'));
}

function paths(): void {
  say(join('a', '..', '/b/', './c'), normalize('/a//b/../c/'), dirname('/a/b'), basename('/a/b.ko', '.ko'));
  say(extname('x.y.z'), isAbsolute('/x'), isAbsolute('x'), resolve('/a', '../b'), relative('/a/b', '/a/c/d'));
}

function texts(): void {
  const encoder = new TextEncoder();
  say([...encoder.encode('aé漢😀\ud800z')]);
  for (const room of [0, 1, 2, 3, 5, 9, 10, 20])
    say(room, encoder.encodeInto('aé漢😀', new Uint8Array(room)));
  const samples = [
    [0xef, 0xbb, 0xbf, 0x41],
    [0xc3, 0x28],
    [0xf0, 0x9f, 0x98],
    [0xe2, 0x82, 0x41],
    [0xed, 0xa0, 0x80],
    [0xc0, 0xaf],
    [0xf4, 0x90, 0x80, 0x80],
    [0xff, 0xfe, 0x00],
    [0xef, 0xbf, 0xbd],
  ];
  for (const sample of samples) {
    const bytes = Uint8Array.from(sample);
    say(
      errorOf(() => new TextDecoder().decode(bytes)),
      errorOf(() => fatal(bytes)),
    );
  }
}

function fatal(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    return (error as Error).constructor.name;
  }
}

/** Whole numbers of many lengths and patterns, always the same ones. */
function numbers(): bigint[] {
  let seed = 12_345n;
  const random = (): bigint => {
    seed = (seed * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 2n ** 64n;
    return seed >> 11n;
  };
  const words = [0n, 0xffff_ffffn, 0x8000_0000n];
  return Array.from({ length: 500 }, () => {
    let value = 0n;
    for (let left = random() % 4n; left >= 0n; left--)
      value = (value << 32n) | (words[Number(random() % 6n)] ?? random() % 2n ** 32n);
    return random() % 2n === 0n ? value : -value;
  });
}

function bigints(): void {
  const all = numbers();
  for (const [index, a] of all.entries()) {
    const b = all[all.length - 1 - index] ?? 1n;
    const bits = Number(BigInt.asUintN(7, b));
    say(
      [a + b, a - b, a * b, b === 0n ? 0n : a / b, b === 0n ? 0n : a % b, a & b, a | b, a ^ b, ~a].map(
        String,
      ),
      [a << BigInt(bits), a >> BigInt(bits), BigInt.asUintN(bits, a), BigInt.asIntN(bits, a)].map(String),
      [BigInt.asUintN(64, a), BigInt.asIntN(64, a), new BigUint64Array([a])[0]].map(String),
      [a < b, a === b, BigInt(a.toString()) === a, Number(BigInt.asIntN(64, a))].map(String),
    );
  }
}

async function order(): Promise<void> {
  const signal = new AbortController();
  signal.signal.addEventListener('abort', () => say('aborted', String(signal.signal.reason)));
  setTimeout(() => say('timer 2'), 20);
  setTimeout((word: string) => say('timer 1', word), 1, 'with an argument');
  const cleared = setTimeout(() => say('never'), 1);
  clearTimeout(cleared);
  let beats = 0;
  const interval = setInterval(() => {
    say('beat');
    beats++;
    if (beats === 2) clearInterval(interval);
  }, 5);
  queueMicrotask(() => say('microtask 1'));
  void Promise.resolve().then(() => say('microtask 2'));
  say('now');
  signal.abort('a reason');
  await delay(40);
  say('after the delay', signal.signal.aborted);
  setTimeout(() => say('never, and not waited for'), 10_000).unref();
}

files();
failures();
paths();
texts();
bigints();
const later = order();
process.on('SIGUSR1', () => {
  say('signal');
  writeFileSync(join(dir, 'said'), lines.join('\n'));
  process.exit(7);
});
void later.then(() => {
  process.kill(process.pid, 'SIGUSR1');
  setTimeout(() => {}, 10_000);
});
