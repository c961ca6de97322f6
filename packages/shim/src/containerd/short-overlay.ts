import { dirname, relative } from 'node:path';

/** mount(2) takes a page of options at most, with its closing NUL. */
const MAX_DATA_BYTES = 4095;

/** Options of an overlay mount, and the working directory that they are relative to; undefined: any. */
export interface ShortOverlay {
  readonly data: string;
  readonly directory?: string;
}

/**
 * The options of an overlay as one text. An image of many layers has more of it than mount(2) takes: then its folders are
 * named relative to the one that they all are below.
 */
export function shortOverlay(options: readonly string[]): ShortOverlay {
  const data = options.join(',');
  if (Buffer.byteLength(data) <= MAX_DATA_BYTES) return { data };
  const lower = options.find((option) => option.startsWith('lowerdir='))?.slice('lowerdir='.length);
  if (lower === undefined) return { data };
  const folders = lower.split(':');
  const directory = folders.reduce(commonFolder, dirname(folders[0] ?? '/'));
  const short = folders.map((folder) => relative(directory, folder)).join(':');
  const rest = options.filter((option) => !option.startsWith('lowerdir='));
  return { data: [...rest, `lowerdir=${short}`].join(','), directory };
}

function commonFolder(common: string, path: string): string {
  let folder = common;
  while (folder !== '/' && !path.startsWith(`${folder}/`)) folder = dirname(folder);
  return folder;
}
