import type { ContainerConfig } from '@hako/oci-translate';
import { mountFlags, O_PATH } from '@hako/posix';
import { isSharedFromHost } from '@hako/sandbox/state';
import type { Step } from '@hako/syscall-program';

/** Where the program goes on, in the container's place or not. */
const NEXT = 'not in place';

const SIGCHLD = 17;
const CLONE = { newNs: 0x20000, newPid: 0x20000000, newNet: 0x40000000 };
const MNT_DETACH = 2;
const O_DIRECTORY = 0o200000;
const O_CLOEXEC = 0o2000000;
const AT_FDCWD = -100;
const AT_RECURSIVE = 0x8000;
const OPEN_TREE_CLONE = 1;
const MOVE_MOUNT_BY_FDS = 0x4 | 0x40;
const FSCONFIG_CMD_CREATE = 6;
/** MOUNT_ATTR_NOSUID, NODEV and NOEXEC. */
const MOUNT_ATTRIBUTES = 2 | 4 | 8;
/** RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS of openat2(2). */
const RESOLVE_INSIDE = 0x10 | 0x02;

/**
 * The first process of a pid namespace must be born into it: a second process goes on, the first writes the pid of
 * that to `pidFd`, in eight bytes, and ends. Where there may be no namespace there is a second process all the same.
 */
export function startSecondProcess(pidFd: number): Step[] {
  return [
    {
      call: 'clone',
      args: [SIGCHLD | CLONE.newPid, 0, 0, 0, 0],
      result: 'second',
      onError: { goto: 'share pids' },
    },
    { goto: 'parted' },
    { label: 'share pids' },
    { call: 'clone', args: [SIGCHLD, 0, 0, 0, 0], result: 'second', what: 'start the stand-in' },
    { label: 'parted' },
    { ifEqual: [{ value: 'second' }, 0], goto: 'second' },
    { call: 'write', args: [pidFd, { address: 'second' }, 8], what: 'tell the pid' },
    { call: 'exit', args: [0] },
    { label: 'second' },
    { call: 'setsid', args: [], onError: 'ignore' },
  ];
}

/**
 * Steps by which a stand-in takes the container's place as far as the host can see it: a mount namespace whose root is
 * the container's, with its binds and a /proc of its own pid namespace, and its network namespace. Clients that go
 * by the pid then find the container and not the host: `podman cp` to a running container writes into its root file
 * system, `podman top` lists it. What fails on the way is left out.
 *
 * The root's content belongs to the guest, so all paths in it are resolved inside it (RESOLVE_IN_ROOT).
 */
export function takePlace({ rootfs, spec }: ContainerConfig): Step[] {
  const network = spec.linux?.namespaces?.find(({ type }) => type === 'network');
  return [
    ...(network === undefined ? [] : joinNetwork(network.path ?? '')),
    { call: 'unshare', args: [CLONE.newNs], onError: { goto: NEXT } },
    { call: 'mount', args: [0, '/', 0, mountFlags.recursive | mountFlags.slave, 0], onError: { goto: NEXT } },
    {
      call: 'mount',
      args: [rootfs.path, rootfs.path, 0, mountFlags.bind | mountFlags.recursive, 0],
      onError: { goto: NEXT },
    },
    { call: 'chdir', args: [rootfs.path], onError: { goto: NEXT } },
    {
      call: 'open',
      args: ['.', O_PATH | O_DIRECTORY | O_CLOEXEC],
      result: 'root',
      onError: { goto: NEXT },
    },
    ...(spec.mounts ?? []).filter(isSharedFromHost).flatMap(({ source, destination }, index) => [
      {
        call: 'open_tree',
        args: [AT_FDCWD, source ?? '', OPEN_TREE_CLONE | AT_RECURSIVE | O_CLOEXEC],
        result: 'tree',
        onError: { goto: `after ${index}` },
      } satisfies Step,
      ...attach('tree', destination, `after ${index}`),
    ]),
    ...mountProc,
    { call: 'pivot_root', args: ['.', '.'], onError: { goto: NEXT } },
    { call: 'umount2', args: ['.', MNT_DETACH], onError: 'ignore' },
    { call: 'chdir', args: ['/'], onError: 'ignore' },
    { call: 'close', args: [{ value: 'root' }], onError: 'ignore' },
    { label: NEXT },
  ];
}

function joinNetwork(path: string): Step[] {
  if (path === '') return [{ call: 'unshare', args: [CLONE.newNet], onError: 'ignore' }];
  return [
    { call: 'open', args: [path, O_CLOEXEC], result: 'network', onError: { goto: 'network joined' } },
    { call: 'setns', args: [{ value: 'network' }, CLONE.newNet], onError: 'ignore' },
    { call: 'close', args: [{ value: 'network' }], onError: 'ignore' },
    { label: 'network joined' },
  ];
}

/** Puts a detached mount at a path of the container; where there is no such path, nowhere. */
function attach(tree: string, destination: string, after: string): Step[] {
  const how = new Uint8Array(
    new BigUint64Array([BigInt(O_PATH | O_CLOEXEC), 0n, BigInt(RESOLVE_INSIDE)]).buffer,
  );
  return [
    {
      call: 'openat2',
      args: [{ value: 'root' }, destination, how, how.length],
      result: 'target',
      onError: { goto: `close ${after}` },
    },
    {
      call: 'move_mount',
      args: [{ value: tree }, '', { value: 'target' }, '', MOVE_MOUNT_BY_FDS],
      onError: 'ignore',
    },
    { call: 'close', args: [{ value: 'target' }], onError: 'ignore' },
    { label: `close ${after}` },
    { call: 'close', args: [{ value: tree }], onError: 'ignore' },
    { label: after },
  ];
}

/** By descriptors, as a path of the container must not be followed from outside. */
const mountProc: readonly Step[] = [
  { call: 'fsopen', args: ['proc', 1], result: 'context', onError: { goto: 'after proc' } },
  {
    call: 'fsconfig',
    args: [{ value: 'context' }, FSCONFIG_CMD_CREATE, 0, 0, 0],
    onError: { goto: 'after proc' },
  },
  {
    call: 'fsmount',
    args: [{ value: 'context' }, 1, MOUNT_ATTRIBUTES],
    result: 'proc',
    onError: { goto: 'after proc' },
  },
  { call: 'close', args: [{ value: 'context' }], onError: 'ignore' },
  ...attach('proc', '/proc', 'after proc'),
];
