import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { until } from '../until.ts';
import { BOX } from './box.ts';
import { PROPAGATIONS, RECURSIVE_OPTIONS, TMPFS_OPTIONS } from './box-config.ts';
import type { SpecRule } from './rule.ts';

const HOOKS = 'config.md, POSIX-platform Hooks';
const ERRORS = 'runtime.md, Errors';
const STATE = 'runtime.md, State';
const LIFE = 'runtime.md, Lifecycle';
const CREATE = 'runtime.md, Create';
const START = 'runtime.md, Start';
const KILL = 'runtime.md, Kill';
const DELETE = 'runtime.md, Delete';

/** The rules up to the start of the box. */
export const creationRules: readonly SpecRule[] = [
  {
    section: LIFE,
    rule: 'create makes what config.json says and does not run the program',
    verdict: 'holds',
    check: async ({ bench, bundle }) => {
      const pidFile = join(bench.folder, 'box.pid');
      expect(await bench.create(['--bundle', bundle, '--pid-file', pidFile, BOX])).toMatchObject({
        exitCode: 0,
        stderr: '',
      });
      expect(Number(readFileSync(pidFile, 'utf8'))).toBeGreaterThan(1);
    },
  },
  {
    section: STATE,
    rule: 'the state has ociVersion, id, status, pid, bundle and the annotations, also empty ones',
    verdict: 'differs',
    note: 'on the host the pid is that of the process that stands for the container’s',
    check: async (box) => {
      const { bench, bundle } = box;
      expect(await box.state()).toMatchObject({
        ociVersion: '1.3.0',
        id: BOX,
        status: 'created',
        pid: Number(readFileSync(join(bench.folder, 'box.pid'), 'utf8')),
        bundle,
        annotations: box.readConfig().annotations,
      });
    },
  },
  {
    section: STATE,
    rule: 'while it is being made its status is `creating`',
    verdict: 'holds',
    shownBy: ['concurrency.test.ts', 'twenty virtual machines made at once'],
  },
  {
    section: LIFE,
    rule: 'changes of config.json after create have no effect',
    verdict: 'holds',
    check: async (box) => {
      const path = join(box.bundle, 'config.json');
      const before = readFileSync(path, 'utf8');
      writeFileSync(path, before.replaceAll('a=b c', 'changed').replace('"kept"', '"changed"'));
      expect(await box.bench.hako(['start', BOX])).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await box.inside('tr "\\0" "\\n" < /proc/1/environ | grep GREETING')).toBe('GREETING=a=b c\n');
      expect(await box.state()).toMatchObject({ annotations: { 'com.example.note': 'kept' } });
      writeFileSync(path, before);
    },
  },
  {
    section: START,
    rule: 'start runs the program of `process`',
    verdict: 'holds',
    check: async (box) => {
      await until(async () => (await box.inside('cat /srv/ran 2>/dev/null; true')) === 'ran\n', 'it ran');
      expect(await box.state()).toMatchObject({ status: 'running' });
    },
  },
  {
    section: CREATE,
    rule: 'an id that is in use, or is none, is an error and makes no container',
    verdict: 'holds',
    check: async ({ bench, bundle }) => {
      expect(await bench.create(['--bundle', bundle, BOX])).toMatchObject({
        exitCode: 1,
        stderr: `hako: container with given ID already exists: ${BOX}\n`,
      });
      for (const id of ['', '.', '../x', 'a/b', 'a\nb', '-x'.padEnd(300, 'x')]) {
        expect((await bench.create(['--bundle', bundle, '--', id])).exitCode).not.toBe(0);
      }
      expect(bench.leftovers()).toEqual([BOX]);
    },
  },
  {
    section: CREATE,
    rule: 'without bundle or id it is an error',
    verdict: 'holds',
    note: 'the bundle’s default is the current folder, as with other runtimes',
    check: async ({ bench }) => {
      expect((await bench.create(['--bundle', bench.folder])).exitCode).toBe(1);
      expect(await bench.create(['--bundle', bench.folder, 'x'])).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('config.json'),
      });
    },
  },
  {
    section: CREATE,
    rule: 'a property that cannot be applied is an error, and no container is made',
    verdict: 'holds',
    note: 'see the rows that say “refused”; what belongs to the host’s security modules is left out, see below',
    check: async (box) => {
      const message = await box.refused({
        linux: { namespaces: [{ type: 'uts' }, { type: 'ipc' }], sysctl: { 'kernel.no_such_setting': '1' } },
      });
      expect(message).toMatch(/kernel.no_such_setting/);
    },
  },
  ...(
    [
      ['prestart', 'createRuntime'],
      ['createContainer', 'startContainer'],
    ] as const
  ).map(
    ([first, second]): SpecRule => ({
      section: LIFE,
      rule: `${first} and ${second} hooks run at their steps; one that fails is an error, and the container is stopped and destroyed`,
      verdict: 'holds',
      ...(first === 'createContainer'
        ? {
            note: 'they run in the guest; after a failing startContainer hook the container is stopped, and deleted by its caller',
          }
        : {}),
      shownBy: [
        'hooks.test.ts',
        first === 'prestart' ? 'a %s hook that fails' : 'a hook of the guest that fails',
      ],
    }),
  ),
  {
    section: LIFE,
    rule: 'a poststart hook that fails is an error and stops the container (so since 1.3; 1.2 wanted a warning)',
    verdict: 'holds',
    shownBy: ['hooks.test.ts', 'a poststart hook that takes too long'],
  },
  {
    section: LIFE,
    rule: 'poststop hooks run after the container is destroyed; one that fails is a warning',
    verdict: 'holds',
    note: 'the warning is in the sandbox’s log',
    shownBy: ['hooks.test.ts', 'all six kinds'],
  },
  {
    section: HOOKS,
    rule: 'called in the listed order, with the state on stdin; prestart before createRuntime before createContainer, poststart before `start` answers, poststop before `delete` does',
    verdict: 'holds',
    shownBy: ['hooks.test.ts', 'all six kinds'],
  },
  {
    section: HOOKS,
    rule: 'prestart, createRuntime, poststart and poststop are looked up and run in the runtime’s namespace; createContainer is looked up there and runs in the container’s; startContainer is the container’s in both',
    verdict: 'differs',
    note: 'for createContainer the runtime’s place is the guest; the others hold',
    shownBy: ['hooks.test.ts', 'all six kinds'],
  },
  {
    section: HOOKS,
    rule: 'a path is absolute, a timeout above 0; anything else is an error',
    verdict: 'holds',
    check: async (box) => {
      expect(await box.refused({ hooks: { poststart: [{ path: 'bin/true' }] } })).toMatch(
        /hooks\.poststart\[0\]\.path/,
      );
      expect(await box.refused({ hooks: { poststop: [{ path: '/bin/true', timeout: 0 }] } })).toMatch(
        /hooks\.poststop\[0\]\.timeout/,
      );
    },
  },
  {
    section: ERRORS,
    rule: 'an operation that fails leaves everything as if it had not been tried',
    verdict: 'holds',
    check: async (box) => {
      const mounts = () =>
        readFileSync('/proc/self/mountinfo', 'utf8')
          .split('\n')
          .filter((line) => line.includes(box.bench.folder));
      const before = mounts();
      // Found out only by crun, with the machine running.
      await box.refused({ process: { cwd: '/', args: ['/no/such/program'] } });
      expect(mounts()).toEqual(before);
      expect(box.bench.leftovers()).toEqual([BOX]);
    },
  },
  {
    section: 'features.md',
    rule: 'what `features` names is accepted: versions, hooks, namespaces, mount options, capabilities, seccomp',
    verdict: 'holds',
    check: async (box) => {
      const features = JSON.parse((await box.bench.hako(['features'])).stdout) as OciFeatures;
      const { ociVersionMin, ociVersionMax, hooks, mountOptions, linux } = features;
      const options = new Set(mountOptions);
      for (const [option] of [...TMPFS_OPTIONS.slice(0, -1), ...RECURSIVE_OPTIONS, ...PROPAGATIONS])
        expect(options, option).toContain(option);
      for (const option of ['idmap', 'nosymfollow']) expect(options).not.toContain(option);
      expect([ociVersionMin, ociVersionMax]).toEqual(['1.0.0', '1.3.0']);
      expect(hooks).toHaveLength(6);
      expect(linux.namespaces).not.toContain('time');
      expect(linux.seccomp.actions).not.toContain('SCMP_ACT_NOTIFY');
    },
  },
];

/** Of what `features` prints only what is looked at here. */
interface OciFeatures {
  readonly ociVersionMin: string;
  readonly ociVersionMax: string;
  readonly hooks: readonly string[];
  readonly mountOptions: readonly string[];
  readonly linux: {
    readonly namespaces: readonly string[];
    readonly seccomp: { readonly actions: readonly string[] };
  };
}

/** The rules that end the box; they come last. */
export const endRules: readonly SpecRule[] = [
  {
    section: 'runtime.md, Query State',
    rule: 'an id that is missing or unknown is an error, of every operation',
    verdict: 'holds',
    check: async ({ bench }) => {
      for (const command of ['state', 'start', 'kill', 'delete']) {
        expect((await bench.hako([command])).exitCode).toBe(1);
        expect(await bench.hako([command, 'nobody'])).toMatchObject({
          exitCode: 1,
          stderr: 'hako: container does not exist: nobody\n',
        });
      }
    },
  },
  {
    section: START,
    rule: 'start of a container that is not created has no effect and is an error',
    verdict: 'holds',
    check: async (box) => {
      expect(await box.bench.hako(['start', BOX])).toMatchObject({ exitCode: 1 });
      expect(await box.state()).toMatchObject({ status: 'running' });
    },
  },
  {
    section: START,
    rule: 'start without `process` is an error',
    verdict: 'differs',
    note: 'the error comes from create',
    check: async (box) => expect(await box.refused({ process: undefined })).toMatch(/process/),
  },
  {
    section: DELETE,
    rule: 'delete of a container that is not stopped has no effect and is an error',
    verdict: 'differs',
    note: 'one that was created and never started is deleted, as runc does',
    check: async (box) => {
      expect(await box.bench.hako(['delete', BOX])).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('not stopped: running'),
      });
      expect(await box.state()).toMatchObject({ status: 'running' });
    },
  },
  {
    section: KILL,
    rule: 'kill sends the signal to the container’s process',
    verdict: 'holds',
    check: async (box) => {
      expect(await box.bench.hako(['kill', BOX, 'KILL'])).toMatchObject({ exitCode: 0, stderr: '' });
      await until(async () => (await box.state()).status === 'stopped', 'it has stopped');
      expect(await box.state()).toMatchObject({ pid: 0 });
    },
  },
  {
    section: KILL,
    rule: 'kill of a container that is neither created nor running has no effect and is an error',
    verdict: 'holds',
    check: async ({ bench }) => {
      expect(await bench.hako(['kill', BOX, 'KILL'])).toMatchObject({
        exitCode: 1,
        stderr: 'hako: container not running\n',
      });
    },
  },
  {
    section: DELETE,
    rule: 'delete removes what create made, and nothing else; the id may be used again',
    verdict: 'holds',
    check: async ({ bench, tree, bundle }) => {
      expect(await bench.hako(['delete', BOX])).toMatchObject({ exitCode: 0, stderr: '' });
      expect(bench.leftovers()).toEqual([]);
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(bench.stateRoot);
      expect(readFileSync(join(tree, 'file'), 'utf8')).toBe('of the host\n');
      expect(existsSync(join(bundle, 'config.json'))).toBe(true);
      expect(await bench.run(BOX, ['true'])).toMatchObject({ exitCode: 0 });
    },
  },
];
