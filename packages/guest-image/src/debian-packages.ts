import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GuestImageError } from './guest-image-error.ts';
import { lastWords, runTool, tryTool } from './run-tool.ts';

/** A package file that lies in the cache. */
export interface DownloadedPackage {
  readonly name: string;
  /** As in the archive: `1:1.35.0-4+deb12u1`. */
  readonly version: string;
  readonly sha256: string;
  readonly path: string;
}

/** The Debian archive as apt knows it on this machine; downloads only, nothing is installed and no lock is taken. */
export class DebianArchive {
  readonly #cacheDir: string;
  readonly #progress: (text: string) => void;
  /** Further apt options once the machine's own package lists turned out to be of no use. */
  #options: readonly string[] = ['-o', 'APT::Sandbox::User=root'];

  constructor(cacheDir: string, progress: (text: string) => void) {
    this.#cacheDir = cacheDir;
    this.#progress = progress;
    mkdirSync(join(cacheDir, 'packages'), { recursive: true });
  }

  /** Names that a package depends on; of alternatives the first. */
  async dependencies(name: string): Promise<string[]> {
    const text = (await this.#query('apt-cache', ['show', '--no-all-versions', name], name)).toString();
    const line = /^Depends: (.*)$/m.exec(text)?.[1] ?? '';
    return line
      .split(',')
      .map((item) => item.trim().split(/[ :|(]/)[0] ?? '')
      .filter((item) => item !== '');
  }

  /** Downloads the candidate versions, except those that lie in the cache. In the order of the names. */
  async download(names: readonly string[]): Promise<DownloadedPackage[]> {
    const uris = (
      await this.#query('apt-get', ['download', '--print-uris', ...names], names.join(' '))
    ).toString();
    const files = new Map<
      string,
      { readonly file: string; readonly sha256: string; readonly size: number }
    >();
    for (const match of uris.matchAll(/^'[^']*' (\S+) (\d+) SHA256:([0-9a-f]{64})$/gm)) {
      const [, file = '', size = '', sha256 = ''] = match;
      files.set(file.slice(0, file.indexOf('_')), { file, sha256, size: Number(size) });
    }
    const found: DownloadedPackage[] = [];
    for (const name of names) {
      const wanted = files.get(name);
      if (wanted === undefined) {
        throw new GuestImageError('package-not-found', `apt does not say where package ${name} is`, {
          package: name,
        });
      }
      const path = join(this.#cacheDir, 'packages', wanted.file);
      if (!hasHash(path, wanted.sha256)) await this.#fetch(name, wanted.size, path, wanted.sha256);
      const version = decodeURIComponent(wanted.file.split('_')[1] ?? '');
      found.push({ name, version, sha256: wanted.sha256, path });
    }
    return found;
  }

  async #fetch(name: string, size: number, path: string, sha256: string): Promise<void> {
    this.#progress(`download ${name} (${(size / 1e6).toFixed(1)} MB)`);
    const cwd = join(this.#cacheDir, 'packages');
    const { status, stderr } = await tryTool('apt-get', [...this.#options, '-q', 'download', name], { cwd });
    if (status !== 0) {
      const code = /no space left/i.test(stderr) ? 'no-space' : 'download-failed';
      throw new GuestImageError(code, `cannot download ${name}: ${lastWords(stderr)}`, { package: name });
    }
    if (!hasHash(path, sha256)) {
      throw new GuestImageError('download-failed', `${path} is not what the archive announced`, {
        package: name,
        path,
      });
    }
  }

  /** Asks apt; when the machine has no usable package lists, gets them into the cache first. */
  async #query(tool: string, args: readonly string[], what: string): Promise<Buffer> {
    const first = await tryTool(tool, [...this.#options, ...args]);
    if (first.status === 0 && first.stdout.length > 0) return first.stdout;
    if (this.#options.length === 2) {
      await this.#updatePrivately();
      const second = await tryTool(tool, [...this.#options, ...args]);
      if (second.status === 0 && second.stdout.length > 0) return second.stdout;
      throw notFound(what, second.stderr);
    }
    throw notFound(what, first.stderr);
  }

  async #updatePrivately(): Promise<void> {
    this.#progress('get package lists');
    const apt = join(this.#cacheDir, 'apt');
    mkdirSync(join(apt, 'lists/partial'), { recursive: true });
    mkdirSync(join(apt, 'cache/archives/partial'), { recursive: true });
    this.#options = [
      '-o',
      'APT::Sandbox::User=root',
      '-o',
      `Dir::State::Lists=${apt}/lists`,
      '-o',
      `Dir::Cache=${apt}/cache`,
      '-o',
      'Debug::NoLocking=1',
    ];
    await runTool('apt-get', [...this.#options, '-q', 'update']);
  }
}

function notFound(what: string, stderr: string): GuestImageError {
  const name = /Unable to locate package (\S+)|No packages found/.exec(stderr)?.[1] ?? what;
  return new GuestImageError('package-not-found', `apt knows no package ${name}: ${lastWords(stderr)}`, {
    package: name,
  });
}

function hasHash(path: string, sha256: string): boolean {
  return existsSync(path) && createHash('sha256').update(readFileSync(path)).digest('hex') === sha256;
}
