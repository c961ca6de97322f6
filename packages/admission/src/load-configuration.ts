import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type ConfigCandidate,
  type ConfigSource,
  configCandidates,
  dropInFolder,
  type HostPaths,
  type LoadedConfig,
  maxConfigurationLength,
  mergeConfiguration,
  type SearchInput,
  sortDropIns,
} from '@hako/config';
import { AdmissionError } from './admission-error.ts';
import type { ConfigurationChoice } from './configuration-choice.ts';
import { readAtMost } from './read-text.ts';

/** A configuration, and the files that it was read from. */
export interface LoadedConfiguration extends LoadedConfig {
  /** The main file, then its drop-ins in the order in which they apply; empty where there is none. */
  readonly files: readonly string[];
  /** Who named the main file; undefined where there is none. */
  readonly namedBy?: string;
}

/** What decides which configuration counts. */
export type ConfigurationSearch = ConfigurationChoice & Pick<SearchInput, 'annotation'>;

/** What of this process decides where is looked; tests hand in their own. */
export interface ConfigurationPlace {
  readonly executable: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The configuration before annotations: the first file of the search order with its drop-ins, or the built-in one
 * where there is no file at all.
 *
 * @throws AdmissionError `no-configuration`; ConfigError with every problem of all files
 */
export function loadConfiguration(
  { config, annotation, lenient = false }: ConfigurationSearch,
  { executable, environment }: ConfigurationPlace = {
    executable: process.execPath,
    environment: process.env,
  },
): LoadedConfiguration {
  const found = findConfiguration(
    configCandidates({
      environment,
      prefix: dirname(dirname(executable)),
      ...(config === undefined ? {} : { flag: config }),
      ...(annotation === undefined ? {} : { annotation }),
    }),
  );
  const sources = found === undefined ? [] : [found.main, ...readDropIns(found.main.file)];
  const loaded = mergeConfiguration(sources, { lenient, hostPaths: findHostPaths(executable) });
  return {
    ...loaded,
    files: sources.map(({ file }) => file),
    ...(found === undefined ? {} : { namedBy: found.namedBy }),
  };
}

/** What counts on this host where nobody configured anything. */
export function builtInConfiguration(executable: string = process.execPath): LoadedConfig {
  return mergeConfiguration([], { hostPaths: findHostPaths(executable) });
}

function findConfiguration(
  candidates: readonly ConfigCandidate[],
): { readonly main: ConfigSource; readonly namedBy: string } | undefined {
  for (const { path, namedBy, mustExist } of candidates) {
    try {
      return { main: { file: path, text: readAtMost(path, maxConfigurationLength) }, namedBy };
    } catch (error) {
      if (!mustExist && isMissing(error)) continue;
      throw unreadable(path, error, mustExist && namedBy !== '--config' ? `, named by ${namedBy}` : '');
    }
  }
  return undefined;
}

/** Every entry of `config.d` beside the file, as Kata reads them, whatever their suffix. */
function readDropIns(mainFile: string): ConfigSource[] {
  // A descriptor that somebody hands over (/dev/stdin, a process substitution) has no folder of its own.
  if (/^\/(?:dev|proc)\//.test(mainFile)) return [];
  const folder = dropInFolder(realpathSync(mainFile));
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw unreadable(folder, error);
  }
  const sources = names.map((name) => {
    const file = join(folder, name);
    try {
      return { file, text: readAtMost(file, maxConfigurationLength) };
    } catch (error) {
      throw unreadable(file, error);
    }
  });
  return sortDropIns(sources);
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function unreadable(path: string, cause: unknown, details = ''): AdmissionError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new AdmissionError('no-configuration', `cannot read the configuration ${path}${details}: ${why}`, {
    facts: { path },
    cause,
  });
}

/** Where things lie that the configuration does not name: beside this executable, or where Debian puts them. */
function findHostPaths(executable: string): HostPaths {
  const beside = join(dirname(executable), '..');
  const guest = [join(beside, 'guest'), join(beside, 'share', 'hako')].find((folder) =>
    existsSync(join(folder, 'vmlinux')),
  );
  const daemon = ['/usr/libexec/virtiofsd', '/usr/lib/qemu/virtiofsd'].find((path) => existsSync(path));
  return {
    ...(guest === undefined ? {} : { kernel: join(guest, 'vmlinux'), image: join(guest, 'hako-guest.img') }),
    ...(daemon === undefined ? {} : { virtioFsDaemon: daemon }),
  };
}
