import { encodeProgram, type Step } from '@hako/syscall-program';

/** Flags of mount(2). */
const MS = { readOnly: 1, noSuid: 2, noDev: 4, noExec: 8, remount: 32, bind: 4096, move: 8192 };
const O = { writeOnly: 1, readWrite: 2, closeOnExec: 0o2000000, create: 0o100 };

export interface StageOneOptions {
  /** Paths of the modules in the initrd, in load order. */
  readonly modulePaths: readonly string[];
  /** Folder of the initrd that becomes the root. */
  readonly rootPath: string;
  /** Executable in the root that becomes the agent. */
  readonly agentPath: string;
}

/**
 * The guest's first program, and its PID 1. It loads the modules, makes a folder of the initial root the root, with the
 * kernel's file systems in it, starts the agent (which adopts orphans as a child subreaper), and waits: when the agent ends,
 * the machine is switched off, and any end but status 0 is first said on the console.
 */
export function stageOne(options: StageOneOptions): Uint8Array {
  return encodeProgram(
    [
      ...options.modulePaths.flatMap((path) => loadModule(path)),
      { call: 'mount', args: ['dev', '/dev', 'devtmpfs', MS.noSuid, 0], what: 'mount /dev' },
      ...openStandardDescriptors,
      ...bindRoot(options.rootPath),
      ...kernelFileSystems,
      ...makeRoot,
      ...loopbackUp,
      ...prepareRun,
      ...startAgent(options.agentPath),
      ...switchOffAfterAgent,
    ],
    { name: 'hako: stage 1: ', onFailure: 'switch off' },
  );
}

/** @param refused what to do when the kernel does not take the module; it does not when it has it */
export function loadModule(path: string, refused: 'fail' | 'ignore' = 'fail'): Step[] {
  return [
    { call: 'open', args: [path, O.closeOnExec], result: 'module', what: `open ${path}` },
    {
      call: 'finit_module',
      args: [{ value: 'module' }, '', 0],
      what: `load ${path}`,
      onError: refused,
    },
    { call: 'close', args: [{ value: 'module' }] },
  ];
}

/** A mount of its own, which can be moved, and read-only: crun would copy itself from a place that can be written to. */
function bindRoot(path: string): Step[] {
  return [
    { call: 'mount', args: [path, '/root', 0, MS.bind, 0], what: 'bind the root' },
    {
      call: 'mount',
      args: ['none', '/root', 0, MS.bind | MS.remount | MS.readOnly, 0],
      what: 'make the root read-only',
    },
  ];
}

/** Input from nowhere, output to the console if there is one. */
const openStandardDescriptors: readonly Step[] = [
  { call: 'open', args: ['/dev/null', O.readWrite | O.closeOnExec], result: 'null', what: 'open /dev/null' },
  { call: 'dup3', args: [{ value: 'null' }, 0, 0], onError: 'ignore' },
  {
    call: 'open',
    args: ['/dev/console', O.readWrite | O.closeOnExec],
    result: 'console',
    onError: { goto: 'no console' },
  },
  { call: 'dup3', args: [{ value: 'console' }, 1, 0], onError: 'ignore' },
  { call: 'dup3', args: [{ value: 'console' }, 2, 0], onError: 'ignore' },
  { goto: 'descriptors open' },
  { label: 'no console' },
  { call: 'dup3', args: [{ value: 'null' }, 1, 0], onError: 'ignore' },
  { call: 'dup3', args: [{ value: 'null' }, 2, 0], onError: 'ignore' },
  { label: 'descriptors open' },
];

const kernelFileSystems: readonly Step[] = [
  { call: 'mount', args: ['/dev', '/root/dev', 0, MS.move, 0], what: 'move /dev' },
  mountFileSystem('proc', '/root/proc', MS.noSuid | MS.noDev | MS.noExec),
  mountFileSystem('sysfs', '/root/sys', MS.noSuid | MS.noDev | MS.noExec),
  mountFileSystem('cgroup2', '/root/sys/fs/cgroup', MS.noSuid | MS.noDev | MS.noExec),
  mountFileSystem('tmpfs', '/root/run', MS.noSuid | MS.noDev, 'mode=0755'),
  mountFileSystem('tmpfs', '/root/tmp', MS.noSuid | MS.noDev, 'mode=1777'),
  { call: 'mkdir', args: ['/root/dev/shm', 0o1777], onError: 'ignore' },
  mountFileSystem('tmpfs', '/root/dev/shm', MS.noSuid | MS.noDev, 'mode=1777'),
  { call: 'mkdir', args: ['/root/dev/pts', 0o755], onError: 'ignore' },
  mountFileSystem('devpts', '/root/dev/pts', MS.noSuid | MS.noExec, 'gid=5,mode=0620,ptmxmode=0666'),
];

function mountFileSystem(type: string, target: string, flags: number, data: string | number = 0): Step {
  return {
    call: 'mount',
    args: [type, target, type, flags, data],
    what: `mount ${target.slice('/root'.length)}`,
  };
}

/** A real move of the mount, not only a chroot: pivot_root, which crun uses, refuses to work under the initial root. */
const makeRoot: readonly Step[] = [
  { call: 'chdir', args: ['/root'] },
  { call: 'mount', args: ['.', '/', 0, MS.move, 0], what: 'move the root to /' },
  { call: 'chroot', args: ['.'] },
  { call: 'chdir', args: ['/'] },
];

/** ioctl SIOCSIFFLAGS with IFF_UP on lo. */
const loopbackUp: readonly Step[] = [
  { call: 'socket', args: [2, 2 | O.closeOnExec, 0], result: 'socket' },
  { call: 'ioctl', args: [{ value: 'socket' }, 0x8914, interfaceRequest('lo', 1)], what: 'set lo up' },
  { call: 'close', args: [{ value: 'socket' }] },
];

function interfaceRequest(name: string, flags: number): Uint8Array {
  const request = new Uint8Array(40);
  request.set(new TextEncoder().encode(name));
  request[16] = flags;
  return request;
}

const controllers = '+cpuset +cpu +io +memory +hugetlb +pids';

const prepareRun: readonly Step[] = [
  { call: 'mkdir', args: ['/run/hako', 0o700], what: 'make /run/hako' },
  {
    call: 'open',
    args: ['/sys/fs/cgroup/cgroup.subtree_control', O.writeOnly | O.closeOnExec],
    result: 'control',
  },
  {
    call: 'write',
    args: [{ value: 'control' }, controllers, controllers.length],
    what: 'enable cgroup controllers',
  },
  { call: 'close', args: [{ value: 'control' }] },
];

function startAgent(path: string): Step[] {
  const environment = ['PATH=/sbin:/bin', 'HOME=/'];
  return [
    { call: 'clone', args: [17 /* SIGCHLD */, 0, 0, 0, 0], result: 'agent', what: 'start the agent' },
    { ifEqual: [{ value: 'agent' }, 0], goto: 'agent' },
    { goto: 'parent' },
    { label: 'agent' },
    { call: 'execve', args: [path, { strings: [path] }, { strings: environment }], what: `execute ${path}` },
    { label: 'parent' },
  ];
}

const switchOffAfterAgent: readonly Step[] = [
  { variable: 'status', bytes: 8 },
  { label: 'reap' },
  {
    call: 'wait4',
    args: [-1, { address: 'status' }, 0, 0],
    result: 'ended',
    onError: { goto: 'reap' },
  },
  { ifEqual: [{ value: 'ended' }, { value: 'agent' }], goto: 'agent ended' },
  { goto: 'reap' },
  { label: 'agent ended' },
  { ifEqual: [{ value: 'status' }, 0], goto: 'switch off' },
  message('hako: the agent has ended by itself; the machine is switched off\n'),
  { label: 'switch off' },
  { call: 'sync', args: [] },
  // What was written to the console must have left the machine before it stops (tcdrain).
  { call: 'ioctl', args: [2, 0x5409, 1], onError: 'ignore' },
  { call: 'reboot', args: [0xfee1dead, 0x28121969, 0x4321fedc, 0], onError: 'ignore' },
  // A machine that cannot switch itself off: the end of PID 1 is a kernel panic, and panic=1 a reset.
  { call: 'exit', args: [1] },
];

function message(text: string): Step {
  return { call: 'write', args: [2, text, new TextEncoder().encode(text).length], onError: 'ignore' };
}

/** Where the first port may be: its name has the number of its virtio device, which depends on the other devices. */
const portNames = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((device) =>
  [1, 2].map((port) => `/dev/vport${device}p${port}`),
);

/**
 * The least guest: loads the modules, writes the byte `R` to its first virtio-serial port, sleeps. What a machine needs
 * to get there is the floor of every start.
 */
export function probeProgram(modulePaths: readonly string[]): Uint8Array {
  return encodeProgram(
    [
      ...modulePaths.flatMap((path) => loadModule(path)),
      { call: 'mount', args: ['dev', '/dev', 'devtmpfs', 0, 0], what: 'mount /dev' },
      { label: 'open' },
      ...portNames
        .map((name): Step => ({ call: 'open', args: [name, O.readWrite], result: 'port', onError: 'ignore' }))
        .flatMap((open): Step[] => [open, { ifEqual: [{ value: 'port', offset: 4 }, 0], goto: 'opened' }]),
      { goto: 'not yet' },
      { label: 'opened' },
      { call: 'write', args: [{ value: 'port' }, 'R', 1], what: 'write to the port' },
      { label: 'sleep' },
      { call: 'pause', args: [], onError: 'ignore' },
      { goto: 'sleep' },
      { label: 'not yet' },
      // A millisecond: the port appears when the host has answered the device's control messages.
      { call: 'nanosleep', args: [timespec(1_000_000), 0], onError: 'ignore' },
      { goto: 'open' },
    ],
    { name: 'hako: probe: ', onFailure: 'sleep' },
  );
}

export function timespec(nanoseconds: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(8, nanoseconds, true);
  return bytes;
}
