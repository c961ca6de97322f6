/** Options of mount(8) that are flags of mount(2), with the value 0 for those that are the default. */
const flagsByOption: Readonly<Record<string, number>> = {
  defaults: 0,
  rw: 0,
  suid: 0,
  dev: 0,
  exec: 0,
  async: 0,
  atime: 0,
  diratime: 0,
  nomand: 0,
  loud: 0,
  norelatime: 0,
  nostrictatime: 0,
  ro: 1,
  nosuid: 2,
  nodev: 4,
  noexec: 8,
  sync: 16,
  remount: 32,
  dirsync: 128,
  noatime: 1024,
  nodiratime: 2048,
  bind: 4096,
  rbind: 4096 | 16384,
  silent: 32768,
  relatime: 1 << 21,
  strictatime: 1 << 24,
};

const propagations: Readonly<Record<string, number>> = {
  unbindable: 1 << 17,
  runbindable: (1 << 17) | 16384,
  private: 1 << 18,
  rprivate: (1 << 18) | 16384,
  slave: 1 << 19,
  rslave: (1 << 19) | 16384,
  shared: 1 << 20,
  rshared: (1 << 20) | 16384,
};

export interface ParsedMountOptions {
  readonly flags: number;
  /** Flags of the second call that sets how mounts spread; 0 for none. */
  readonly propagation: number;
  /** What is left for the file system, comma separated; '' for nothing. */
  readonly data: string;
}

/** Splits mount options (each may be a comma separated list itself) into what mount(2) wants. */
export function parseMountOptions(options: readonly string[]): ParsedMountOptions {
  let flags = 0;
  let propagation = 0;
  const data: string[] = [];
  for (const option of options.flatMap((list) => list.split(','))) {
    const flag = Object.hasOwn(flagsByOption, option) ? flagsByOption[option] : undefined;
    const spread = Object.hasOwn(propagations, option) ? propagations[option] : undefined;
    if (flag !== undefined) flags |= flag;
    else if (spread !== undefined) propagation = spread;
    else if (option !== '') data.push(option);
  }
  return { flags, propagation, data: data.join(',') };
}
