import { expect } from 'vitest';
import type { SpecRule } from './rule.ts';

const DEFAULTS = 'config-linux.md, Default filesystems and devices';
const NAMESPACES = 'config-linux.md, Namespaces';
const DEVICES = 'config-linux.md, Devices';
const CGROUPS = 'config-linux.md, Control groups';
const SECCOMP = 'config-linux.md, Seccomp';
const PATHS = 'config-linux.md, Paths';
const OTHER = 'config-linux.md, other';

const read = (...files: string[]): string => `cd /sys/fs/cgroup && cat ${files.join(' ')}`;

/** What config-linux.md and runtime-linux.md say, seen in the box. */
export const linuxRules: readonly SpecRule[] = [
  {
    section: DEFAULTS,
    rule: 'proc, sysfs, devpts and a tmpfs for shared memory where config.json mounts them',
    verdict: 'holds',
    check: async (box) => {
      const types = await box.inside(
        'for p in /proc /sys /dev/pts /dev/shm; do grep " $p " /proc/mounts | cut -d" " -f3; done',
      );
      expect(types).toBe('proc\nsysfs\ndevpts\ntmpfs\n');
    },
  },
  {
    section: DEFAULTS,
    rule: 'null, zero, full, random, urandom, tty, ptmx, and the links fd, stdin, stdout and stderr in /dev',
    verdict: 'holds',
    check: async (box) => {
      const script =
        'cd /dev; for d in null zero full random urandom tty ptmx; do test -c $d || echo no $d; done; for l in fd stdin stdout stderr; do readlink $l; done; head -c 2 zero | wc -c';
      expect(await box.inside(script)).toBe(
        '/proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2\n2\n',
      );
    },
  },
  {
    section: 'runtime-linux.md, File descriptors',
    rule: 'only stdin, stdout and stderr are open',
    verdict: 'differs',
    note: '`--preserve-fds` is refused with a number above 0: descriptors of the host cannot enter a VM',
    check: async (box) => {
      expect(await box.inside('ls /proc/1/fd')).toBe('0\n1\n2\n');
      const result = await box.bench.hako(['exec', '--preserve-fds', '1', 'box', 'true']);
      expect(result).toMatchObject({ exitCode: 255, stderr: expect.stringContaining('--preserve-fds') });
    },
  },
  {
    section: NAMESPACES,
    rule: 'a new namespace for each type without a path; those that are not listed are the runtime’s',
    verdict: 'differs',
    note: 'the guest’s take the place of the host’s; the network is the whole VM’s, cgroup and mount namespace are always new ones',
    check: async (box) => {
      // Only what is in the namespaces is seen.
      expect(await box.inside('ls /proc | grep -c "^[0-9]"; hostname')).toMatch(/^[2-6]\nhako\n$/);
      expect(await box.inside('cat /proc/self/cgroup')).toBe('0::/\n');
    },
  },
  {
    section: NAMESPACES,
    rule: 'a type that is listed twice, or that is none, is an error',
    verdict: 'holds',
    check: async (box) => {
      const twice = [{ type: 'pid' }, { type: 'pid' }];
      expect(await box.refused({ linux: { namespaces: twice } })).toMatch(/linux\.namespaces\[1\]/);
      expect(await box.refused({ linux: { namespaces: [{ type: 'no' }] } })).toMatch(
        /linux\.namespaces\[0\]/,
      );
    },
  },
  {
    section: NAMESPACES,
    rule: 'a path that is no namespace of its type is an error',
    verdict: 'holds',
    check: async (box) => {
      const join = (type: string, path: string) => ({ linux: { namespaces: [{ type, path }] } });
      expect(await box.refused(join('network', '/proc/self/ns/uts'))).toMatch(/linux\.namespaces\[0\]\.path/);
      expect(await box.refused(join('network', '/no/such/path'))).toMatch(/linux\.namespaces\[0\]\.path/);
      expect(await box.refused(join('network', 'relative'))).toMatch(/linux\.namespaces\[0\]\.path/);
    },
  },
  {
    section: NAMESPACES,
    rule: 'the process joins the namespace that a path names',
    verdict: 'differs',
    note: 'a network namespace lends its interfaces to the VM; to join a pid, ipc, uts, mount or user namespace of the host is left out, as pods do it within their VM',
    check: async (box) => {
      expect((await box.odd()).stdout).toContain('\nhako\n');
    },
  },
  {
    section: NAMESPACES,
    rule: 'user namespaces with uidMappings and gidMappings; files keep their owners',
    verdict: 'holds',
    check: async (box) => {
      const namespaces = ['pid', 'ipc', 'uts', 'mount', 'user'].map((type) => ({ type }));
      const map = [{ containerID: 0, hostID: 1000, size: 2000 }];
      const linux = { namespaces, uidMappings: map, gidMappings: map };
      const script = 'cat /proc/self/uid_map /proc/self/gid_map; id -u; stat -c %u /bin/busybox';
      const mounts = [{ destination: '/proc', type: 'proc', source: 'proc' }];
      const result = await box.bench.run('mapped', ['sh', '-c', script], { extra: { linux, mounts } });
      expect(result.stderr).toBe('');
      expect(result.stdout.replace(/ +/g, ' ')).toBe(' 0 1000 2000\n 0 1000 2000\n0\n65534\n');
    },
  },
  {
    section: NAMESPACES,
    rule: 'time namespaces and timeOffsets',
    verdict: 'refused',
    note: 'the guest’s crun knows none',
    check: async (box) => {
      expect(await box.refused({ linux: { namespaces: [{ type: 'time' }] } })).toMatch(
        /linux\.namespaces\[0\]/,
      );
      expect(await box.refused({ linux: { timeOffsets: { monotonic: { secs: 1 } } } })).toMatch(
        /linux\.timeOffsets/,
      );
    },
  },
  {
    section: DEVICES,
    rule: 'are there with type, numbers, mode, uid and gid, anywhere in the file system',
    verdict: 'differs',
    note: 'block devices are the host’s, plugged into the machine; other numbers are those of the guest’s kernel',
    check: async (box) => {
      expect(await box.inside('stat -c "%F %t %T %a %u %g" /dev/fuse /srv/also-fuse /dev/pipe')).toBe(
        'character special file a e5 640 1 2\ncharacter special file a e5 666 0 0\nfifo 0 0 600 0 0\n',
      );
    },
  },
  {
    section: DEVICES,
    rule: 'a file that is there and is another one is an error',
    verdict: 'holds',
    check: async (box) => {
      const devices = [{ path: '/bin/busybox', type: 'c', major: 1, minor: 3 }];
      expect(await box.refused({ linux: { devices } })).toMatch(/busybox/);
    },
  },
  {
    section: CGROUPS,
    rule: 'cgroupsPath: absolute from the mount point of the hierarchy, and the same place each time',
    verdict: 'differs',
    note: 'it names the group of the sandbox’s processes on the host; the container’s own limits are in the guest',
    shownBy: ['host-cgroup.test.ts', 'QEMU, virtiofsd, shim and stand-in live in the cgroup'],
  },
  {
    section: CGROUPS,
    rule: 'allowed devices, in the listed order',
    verdict: 'holds',
    check: async (box) => {
      const script =
        '(: < /srv/also-fuse) && echo read; (: > /srv/also-fuse) 2>/dev/null || echo not written; : > /dev/null';
      expect(await box.inside(script)).toBe('read\nnot written\n');
    },
  },
  {
    section: CGROUPS,
    rule: 'memory: limit, reservation, swap; swappiness, disableOOMKiller, kernel and kernelTCP',
    verdict: 'differs',
    note: 'a limit for kernel memory or swappiness is an error of the guest, which has cgroup v2',
    check: async (box) => {
      expect(await box.inside(read('memory.max', 'memory.low'))).toBe('67108864\n33554432\n');
      expect(
        await box.inside('test ! -e /sys/fs/cgroup/memory.swap.max || cat /sys/fs/cgroup/memory.swap.max'),
      ).toMatch(/^(33554432\n)?$/);
    },
  },
  {
    section: CGROUPS,
    rule: 'cpu: shares, quota, period, burst, cpus, mems, idle',
    verdict: 'holds',
    check: async (box) => {
      const files = ['cpu.max', 'cpu.max.burst', 'cpu.weight', 'cpuset.cpus', 'cpuset.mems', 'cpu.idle'];
      expect(await box.inside(read(...files))).toBe('50000 100000\n10000\n20\n0\n0\n0\n');
    },
  },
  {
    section: CGROUPS,
    rule: 'pids.limit, hugepageLimits; unified keys are written as they are, one without a controller is an error',
    verdict: 'holds',
    check: async (box) => {
      expect(await box.inside(read('pids.max', 'memory.high', 'hugetlb.2MB.max'))).toBe(
        '77\n50003968\n4194304\n',
      );
      const changed = '{"unified":{"memory.high":"60002304"},"cpu":{"idle":1}}';
      const update = (input: string) => box.bench.hako(['update', '--resources', '-', 'box'], { input });
      expect(await update(changed)).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await box.inside(read('memory.high', 'cpu.idle'))).toBe('60002304\n1\n');
      expect(await update('{"unified":{"nosuch.max":"1"}}')).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('nosuch'),
      });
    },
  },
  {
    section: CGROUPS,
    rule: 'cpu.realtimeRuntime and realtimePeriod, network, rdma',
    verdict: 'refused',
    note: 'cgroup v2 of the guest has no counterpart, or no such device',
    check: async (box) => {
      for (const [member, resources] of [
        ['cpu.realtimeRuntime', { cpu: { realtimeRuntime: 950_000 } }],
        ['network', { network: { classID: 7 } }],
        ['rdma', { rdma: { mlx5_1: { hcaHandles: 3 } } }],
      ] as const) {
        expect(await box.refused({ linux: { resources } }), member).toContain(`linux.resources.${member}`);
      }
    },
  },
  {
    section: CGROUPS,
    rule: 'blockIO',
    verdict: 'differs',
    note: 'left out with a warning: it names block devices of the host; limit the sandbox by its cgroup there',
    check: async (box) => {
      expect(await box.odd()).toMatchObject({
        exitCode: 0,
        stderr: expect.stringMatching(/warning: .*linux\.resources\.blockIO/),
      });
    },
  },
  {
    section: CGROUPS,
    rule: 'intelRdt without a resctrl file system is an error',
    verdict: 'refused',
    note: 'the guest has none',
    check: async (box) =>
      expect(await box.refused({ linux: { intelRdt: { closID: 'x' } } })).toMatch(/intelRdt/),
  },
  {
    section: OTHER,
    rule: 'sysctl',
    verdict: 'holds',
    check: async (box) =>
      expect(
        await box.inside('cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/msgmax'),
      ).toBe('80\n9000\n'),
  },
  {
    section: SECCOMP,
    rule: 'actions, architectures, errnoRet (EPERM where it is not given) and arguments',
    verdict: 'holds',
    check: async (box) => {
      expect(await box.inside('grep ^Seccomp: /proc/1/status')).toBe('Seccomp:\t2\n');
      expect(await box.inside('swapon /dev/zero 2>&1; true')).toContain('Operation not permitted');
      expect(await box.inside('sleep 9 & kill -USR1 $! 2>&1; kill $!')).toContain('not permitted');
    },
  },
  {
    section: SECCOMP,
    rule: 'an action without an errno, together with errnoRet, is an error; names must not be empty; listenerMetadata wants listenerPath',
    verdict: 'holds',
    check: async (box) => {
      const seccomp = (rule: object) => ({
        linux: { seccomp: { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] } },
      });
      expect(await box.refused(seccomp({ names: ['sync'], action: 'SCMP_ACT_KILL', errnoRet: 1 }))).toMatch(
        /errnoRet/,
      );
      expect(await box.refused(seccomp({ names: [], action: 'SCMP_ACT_KILL' }))).toMatch(/names/);
      const listener = { defaultAction: 'SCMP_ACT_ALLOW', listenerMetadata: 'x' };
      expect(await box.refused({ linux: { seccomp: listener } })).toMatch(/listenerMetadata/);
    },
  },
  {
    section: SECCOMP,
    rule: 'SCMP_ACT_NOTIFY with listenerPath',
    verdict: 'refused',
    note: 'the listener is a process of the host, the descriptor one of the guest',
    check: async (box) => {
      const seccomp = {
        defaultAction: 'SCMP_ACT_ALLOW',
        listenerPath: '/run/listener',
        syscalls: [{ names: ['sync'], action: 'SCMP_ACT_NOTIFY' }],
      };
      expect(await box.refused({ linux: { seccomp } })).toMatch(/linux\.seccomp\.listenerPath/);
    },
  },
  {
    section: PATHS,
    rule: 'maskedPaths cannot be read, readonlyPaths not be written; those that are not there are passed over',
    verdict: 'holds',
    check: async (box) => {
      expect(await box.inside('wc -c < /proc/kcore; ls /sys/firmware | wc -l')).toBe('0\n0\n');
      expect(await box.inside('echo 1 2>&1 > /proc/sys/kernel/msgmax || echo refused')).toMatch(/refused/);
      expect(await box.inside('grep " /proc/sys " /proc/mounts')).toMatch(/ ro,/);
    },
  },
  {
    section: PATHS,
    rule: 'both must be absolute',
    verdict: 'holds',
    check: async (box) => {
      const linux = { maskedPaths: ['proc/kcore'], readonlyPaths: ['proc/sys'] };
      const message = await box.refused({ linux });
      expect(message).toMatch(/linux\.maskedPaths\[0\]/);
      expect(message).toMatch(/linux\.readonlyPaths\[0\]/);
    },
  },
  {
    section: OTHER,
    rule: 'personality',
    verdict: 'holds',
    check: async (box) => {
      expect((await box.odd()).stdout).toMatch(/^i686\n/);
    },
  },
  {
    section: 'config-linux.md, Network Devices',
    rule: 'netDevices come into the container’s namespace under their new name, with their permanent addresses, and are set up; a name that is taken is an error, but for one with `%d`',
    verdict: 'differs',
    note: 'they are moved into the network namespace, and the machine is connected to them there; it must have a path',
    shownBy: ['network.test.ts', 'a namespace’s interfaces are the guest’s'],
  },
  {
    section: OTHER,
    rule: 'memoryPolicy, process.execCPUAffinity (1.3)',
    verdict: 'refused',
    note: 'the guest’s crun does not set them',
    check: async (box) => {
      expect(await box.refused({ linux: { memoryPolicy: { mode: 'MPOL_LOCAL' } } })).toMatch(
        /linux\.memoryPolicy/,
      );
      const process = { cwd: '/', args: ['true'], execCPUAffinity: { initial: '0' } };
      expect(await box.refused({ process })).toMatch(/process\.execCPUAffinity/);
    },
  },
];
