import { expect } from 'vitest';
import type { SpecRule } from './rule.ts';

const ROOT = 'config.md, Root';
const PROCESS = 'config.md, Process';
const LINUX = 'config.md, Linux process';
const USER = 'config.md, User';
const OTHER = 'config.md, other';

/** What config.md says of the root and the process, seen in the box. */
export const processRules: readonly SpecRule[] = [
  {
    section: ROOT,
    rule: '`root.path` is a folder that exists; `readonly` makes it read-only inside',
    verdict: 'holds',
    check: async (box) => {
      expect(await box.inside('touch /x 2>&1; true')).toContain('Read-only file system');
      expect(await box.refused({ root: { path: '/no/such/folder' } })).toContain('/no/such/folder');
    },
  },
  {
    section: PROCESS,
    rule: 'args, env and cwd are those of the process; a cwd that is not absolute is an error',
    verdict: 'holds',
    check: async (box) => {
      expect(await box.inside('readlink /proc/1/cwd; tr "\\0" " " < /proc/1/cmdline')).toBe(
        '/etc\nsleep 1000 ',
      );
      expect(await box.inside('tr "\\0" "\\n" < /proc/1/environ | grep -c GREETING')).toBe('1\n');
      expect(await box.refused({ process: { cwd: 'etc', args: ['true'] } })).toContain('process.cwd');
    },
  },
  {
    section: PROCESS,
    rule: 'without args there is no process to run: an error',
    verdict: 'holds',
    check: async (box) => {
      expect(await box.refused({ process: { cwd: '/', args: [] } })).toMatch(/process\.args/);
    },
  },
  {
    section: PROCESS,
    rule: 'consoleSize counts only with a terminal',
    verdict: 'holds',
    check: async (box) => {
      // The box has a size and no terminal; an exec gets one of its own.
      expect(await box.inside('test ! -t 0 && echo none')).toBe('none\n');
      const tty = await box.bench.hako(['exec', '--tty', 'box', 'sh', '-c', 'tty; stty size']);
      expect(tty.stdout).toMatch(/^\/dev\/pts\/0\r\n/);
      expect(tty.stdout).not.toContain('11 22');
    },
  },
  {
    section: PROCESS,
    rule: 'a terminal is the container’s own, of the size that consoleSize says',
    verdict: 'holds',
    shownBy: ['terminal.test.ts', ''],
  },
  {
    section: PROCESS,
    rule: 'rlimits: soft and hard are what getrlimit gives; an unknown or doubled type is an error',
    verdict: 'holds',
    check: async (box) => {
      const limits = await box.inside('grep -E "open files|core file" /proc/1/limits');
      expect(limits).toMatch(/core file size +4096 +8192/);
      expect(limits).toMatch(/open files +111 +222/);
      const entry = { type: 'RLIMIT_NOFILE', soft: 1, hard: 1 };
      const withLimits = (rlimits: object[]) => ({ process: { cwd: '/', args: ['true'], rlimits } });
      expect(await box.refused(withLimits([entry, entry]))).toMatch(/process\.rlimits\[1\]/);
      expect(await box.refused(withLimits([{ ...entry, type: 'RLIMIT_NOSUCH' }]))).toMatch(/RLIMIT_NOSUCH/);
    },
  },
  {
    section: LINUX,
    rule: 'the five sets of capabilities are what the process has',
    verdict: 'holds',
    check: async (box) => {
      expect(await box.inside('grep ^Cap /proc/1/status')).toBe(
        [
          'CapInh:\t0000000000000420',
          'CapPrm:\t0000000020040420',
          'CapEff:\t0000000020040420',
          'CapBnd:\t0000000020040420',
          'CapAmb:\t0000000000000400',
          '',
        ].join('\n'),
      );
    },
  },
  {
    section: LINUX,
    rule: 'a capability that does not exist is a warning, not an error',
    verdict: 'holds',
    check: async (box) => {
      expect(await box.odd()).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('CapBnd:\t0000000000000020\n'),
        stderr: expect.stringMatching(/warning: .*CAP_OF_NOBODY/),
      });
    },
  },
  {
    section: LINUX,
    rule: 'noNewPrivileges',
    verdict: 'holds',
    check: async (box) =>
      expect(await box.inside('grep ^NoNewPrivs /proc/1/status')).toBe('NoNewPrivs:\t1\n'),
  },
  {
    section: LINUX,
    rule: 'oomScoreAdj is set to its value, and left alone when it is not given',
    verdict: 'holds',
    check: async (box) => expect(await box.inside('cat /proc/1/oom_score_adj')).toBe('100\n'),
  },
  {
    section: LINUX,
    rule: 'scheduler, ioPriority',
    verdict: 'refused',
    note: 'the guest’s crun does not set them',
    check: async (box) => {
      const process = { cwd: '/', args: ['true'] };
      const scheduler = { policy: 'SCHED_BATCH' };
      expect(await box.refused({ process: { ...process, scheduler } })).toMatch(/process\.scheduler/);
      const ioPriority = { class: 'IOPRIO_CLASS_IDLE', priority: 0 };
      expect(await box.refused({ process: { ...process, ioPriority } })).toMatch(/process\.ioPriority/);
    },
  },
  {
    section: LINUX,
    rule: 'apparmorProfile, selinuxLabel, linux.mountLabel',
    verdict: 'differs',
    note: 'left out: they name things of the host’s policy, which sees one process, QEMU',
    check: async (box) => {
      expect(await box.odd()).toMatchObject({
        exitCode: 0,
        stderr: expect.not.stringMatching(/label|profile/i),
      });
    },
  },
  {
    section: USER,
    rule: 'uid, gid, additionalGids and umask',
    verdict: 'holds',
    check: async (box) => {
      expect(await box.inside('grep -E "^(Uid|Gid|Groups|Umask)" /proc/1/status')).toMatch(
        /^Umask:\t0027\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t(0 )?5 6 \n$/,
      );
      expect(await box.inside('umask; touch /srv/x; stat -c %a /srv/x')).toBe('0027\n640\n');
    },
  },
  {
    section: OTHER,
    rule: 'hostname, domainname',
    verdict: 'holds',
    check: async (box) =>
      expect(await box.inside('hostname; cat /proc/sys/kernel/domainname')).toBe('hako\nexample.org\n'),
  },
  {
    section: OTHER,
    rule: 'annotations: strings, also empty, with keys that are not; keys that nobody knows and members that nobody knows are passed over',
    verdict: 'holds',
    check: async (box) => {
      // The box has both.
      expect(await box.state()).toMatchObject({ annotations: { 'com.example.empty': '' } });
      expect(await box.refused({ annotations: { 'com.example.number': 7 } })).toMatch(/annotations/);
      expect(await box.refused({ annotations: { '': 'of no key' } })).toMatch(/annotations ""/);
    },
  },
  {
    section: OTHER,
    rule: 'values that are invalid or not supported are an error; ociVersion is 1.x in SemVer’s form',
    verdict: 'holds',
    check: async (box) => {
      for (const ociVersion of ['2.0.0', '1', 'v1.0.0', '']) {
        expect(await box.refused({ ociVersion })).toMatch(/ociVersion/);
      }
      expect(await box.refused({ linux: { rootfsPropagation: 'rprivat' } })).toMatch(/rootfsPropagation/);
      const personality = { domain: 'LINUX', flags: ['ADDR_NO_RANDOMIZE'] };
      expect(await box.refused({ linux: { personality } })).toMatch(/linux\.personality\.flags\[0\]/);
    },
  },
];
