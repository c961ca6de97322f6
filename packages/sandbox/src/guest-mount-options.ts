/**
 * Options that say what is the case anyway, or have no counterpart on a file system of the guest: `silent` and `loud`
 * are about the kernel's log, `iversion` about file systems on disks. crun 1.8 takes them for the file system's own.
 */
const DROPPED: ReadonlySet<string> = new Set([
  'silent',
  'loud',
  'iversion',
  'noiversion',
  'symfollow',
  'rsymfollow',
  'ratime',
  'rdiratime',
  'rnostrictatime',
]);

/**
 * crun 1.8 hands these to mount_setattr(2) in a form that the kernel refuses, and takes `rrelatime` for
 * `nosymfollow`. In the guest a bind from the host is one mount, however many lie below it on the host.
 */
const NOT_RECURSIVE: Readonly<Record<string, string>> = {
  rnoatime: 'noatime',
  rnodiratime: 'nodiratime',
  rrelatime: 'relatime',
  rnorelatime: 'norelatime',
  rstrictatime: 'strictatime',
};

/** Mount options of config.json in the words in which crun in the guest does what the specification says. */
export function guestMountOptions(options: readonly string[]): readonly string[] {
  return options
    .filter((option) => !DROPPED.has(option))
    .map((option) => (Object.hasOwn(NOT_RECURSIVE, option) ? (NOT_RECURSIVE[option] ?? option) : option));
}
