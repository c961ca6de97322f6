import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { image, type Podman } from './podman.ts';
import { newTerminal } from './terminal-screen.ts';
import { until } from './until.ts';

/** One row of the table of what podman can do with hako, and the test that the row is true. */
export interface PodmanFeature {
  readonly name: string;
  readonly verdict: 'works' | 'differs' | 'does not work';
  /** How it differs, or what happens in its place. */
  readonly note?: string;
  readonly check: (podman: Podman) => Promise<void>;
}

/** The container that most rows use, so that not every row starts a virtual machine. */
const box = 'box';

/** In this order: the first rows make the container that later ones use, the last ones end it. */
export const podmanFeatures: readonly PodmanFeature[] = [
  {
    name: '`run --detach`, volumes `-v` of folders and files, `:ro`, named ones, `--tmpfs`',
    verdict: 'works',
    check: async (podman) => {
      const volume = join(podman.folder, 'volume');
      mkdirSync(volume);
      writeFileSync(join(volume, 'file'), 'from the host\n');
      const mounts = ['-v', `${volume}:/v`, '-v', `${volume}/file:/f:ro`, '-v', 'named:/n', '--tmpfs', '/t'];
      const script = `trap "exit 3" TERM; cat /v/file /f; echo made > /v/made; echo x > /f; echo y > /n/y && cat /n/y; grep " /t tmpfs " /proc/mounts; echo ready; while :; do sleep 1; done`;
      await podman.output(['run', '-d', '--name', box, ...mounts, image, 'sh', '-c', script]);
      const logs = () => podman.output(['logs', box]);
      await until(async () => (await logs()).includes('ready'), 'the script is ready');
      expect(await logs()).toContain('from the host\nfrom the host\ny\ntmpfs /t');
      expect(readFileSync(join(volume, 'made'), 'utf8')).toBe('made\n');
      expect(readFileSync(join(volume, 'file'), 'utf8')).toBe('from the host\n');
    },
  },
  {
    name: '`logs`',
    verdict: 'works',
    check: async (podman) => {
      const { stdout, stderr } = await podman.run(['logs', box]);
      expect(stdout).toContain('ready');
      expect(stderr).toContain('Read-only file system');
    },
  },
  {
    name: '`exec`: status, `-i`, `-u`, `-w`, `-e`, `-d`',
    verdict: 'works',
    check: async (podman) => {
      expect((await podman.run(['exec', box, 'sh', '-c', 'exit 9'])).exitCode).toBe(9);
      expect(await podman.output(['exec', '-i', box, 'cat'], { input: 'through' })).toBe('through');
      const told = ['-u', '1:2', '-w', '/tmp', '-e', 'A=b'];
      expect(await podman.output(['exec', ...told, box, 'sh', '-c', 'id -u; id -g; pwd; echo $A'])).toBe(
        '1\n2\n/tmp\nb\n',
      );
      await podman.output(['exec', '-d', box, 'sleep', '1000']);
      expect(await podman.output(['exec', box, 'ps'])).toContain('sleep 1000');
    },
  },
  {
    name: '`exec` of a missing command, of one that may not be executed: 127, 126',
    verdict: 'works',
    check: async (podman) => {
      expect(await podman.run(['exec', box, 'nosuch'])).toMatchObject({ exitCode: 127 });
      expect(await podman.run(['exec', box, '/etc/passwd'])).toMatchObject({ exitCode: 126 });
    },
  },
  {
    name: '`exec -it`',
    verdict: 'works',
    check: async (podman) => {
      const { screen, slaveFd } = newTerminal({ rows: 31, columns: 97 });
      try {
        const done = podman.run(['exec', '-it', box, 'sh'], { terminalFd: slaveFd });
        screen.type('tty; stty size; exit 4\n');
        await screen.see('/dev/pts/0');
        await screen.see('31 97');
        expect((await done).exitCode).toBe(4);
      } finally {
        screen.close();
      }
    },
  },
  {
    name: '`top`',
    verdict: 'differs',
    note: 'shows the first process only; `top CONTAINER aux` or `exec CONTAINER ps` shows the guest’s',
    check: async (podman) => {
      const lines = (await podman.output(['top', box])).trim().split('\n');
      expect(lines).toHaveLength(2);
      expect(lines[1]).toContain('trap "exit 3" TERM');
    },
  },
  {
    name: '`stats`',
    verdict: 'differs',
    note: 'what the whole sandbox costs the host; `hako events --stats` shows the container’s own figures beside it',
    check: async (podman) => {
      const [stats] = JSON.parse(await podman.output(['stats', '--no-stream', '--format', 'json', box])) as {
        readonly mem_usage: string;
        readonly pids: string;
      }[];
      expect(stats?.mem_usage).toMatch(/^[0-9.]+MB/);
      expect(Number(stats?.pids)).toBeGreaterThan(1);
    },
  },
  {
    name: '`cp` into and out of a running container, also into its volumes',
    verdict: 'works',
    check: async (podman) => {
      const source = join(podman.folder, 'to-copy');
      writeFileSync(source, 'copied');
      await podman.output(['cp', source, `${box}:/root/copied`]);
      await podman.output(['cp', source, `${box}:/v/copied`]);
      expect(await podman.output(['exec', box, 'cat', '/root/copied', '/v/copied'])).toBe('copiedcopied');
      expect(existsSync('/root/copied')).toBe(false);
      await podman.output(['exec', box, 'sh', '-c', 'echo inside > /root/inside']);
      await podman.output(['cp', `${box}:/root/inside`, join(podman.folder, 'inside')]);
      expect(readFileSync(join(podman.folder, 'inside'), 'utf8')).toBe('inside\n');
    },
  },
  {
    name: '`pause`, `unpause`',
    verdict: 'works',
    check: async (podman) => {
      await podman.output(['pause', box]);
      expect(await podman.output(['inspect', '--format', '{{.State.Status}}', box])).toBe('paused\n');
      await podman.output(['unpause', box]);
      expect(await podman.output(['exec', box, 'echo', 'goes on'])).toBe('goes on\n');
    },
  },
  {
    name: '`update --cpus`, `--memory`',
    verdict: 'works',
    check: async (podman) => {
      await podman.output(['update', '--cpus', '0.5', '--memory', '64m', box]);
      const read = ['cat', '/sys/fs/cgroup/cpu.max', '/sys/fs/cgroup/memory.max'];
      expect(await podman.output(['exec', box, ...read])).toBe('50000 100000\n67108864\n');
    },
  },
  {
    name: '`kill --signal`, `stop`, `wait`, exit codes',
    verdict: 'works',
    check: async (podman) => {
      await podman.output(['kill', '--signal', 'CONT', box]);
      await podman.output(['stop', box]);
      expect(await podman.output(['wait', box])).toBe('3\n');
    },
  },
  {
    name: '`start`, `restart`, `rm --force`',
    verdict: 'works',
    check: async (podman) => {
      await podman.output(['start', box]);
      // Time 0 would be a kill, to which podman gives five seconds: few for a busy machine.
      await podman.output(['restart', '--time', '60', box]);
      expect(await podman.output(['inspect', '--format', '{{.State.Running}}', box])).toBe('true\n');
      await podman.output(['rm', '--force', '--time', '60', box]);
    },
  },
  {
    name: '`--read-only`, `--user`, `--cap-drop`, `--cap-add`, `--ulimit`, `--hostname`, `--shm-size`, `--sysctl`, `--annotation`, `--env`, `--workdir`',
    verdict: 'works',
    check: async (podman) => {
      const options = [
        ...['--read-only', '--user', '5:6', '--cap-drop', 'all', '--cap-add', 'net_raw'],
        ...['--ulimit', 'nofile=100:200', '--hostname', 'named', '--shm-size', '5m'],
        ...['--sysctl', 'kernel.msgmax=70000', '--annotation', 'a=b', '--env', 'E=f', '--workdir', '/tmp'],
      ];
      const script =
        'id -u; id -g; touch /x; grep CapBnd /proc/self/status; ulimit -n; ulimit -Hn; hostname; df -k /dev/shm | tail -1; cat /proc/sys/kernel/msgmax; echo $E; pwd; umask';
      const { stdout, stderr } = await podman.run(['run', '--rm', ...options, image, 'sh', '-c', script]);
      expect(stderr).toContain('/x: Read-only file system');
      expect(stdout.replace(/ +/g, ' ')).toMatch(
        /^5\n6\nCapBnd:\s0000000000002000\n100\n200\nnamed\nshm 5120 .*\n70000\nf\n\/tmp\n0022\n$/,
      );
    },
  },
  {
    name: '`--add-host`, `--security-opt seccomp=`, standard input of `run -i`',
    verdict: 'works',
    check: async (podman) => {
      const profile = join(podman.folder, 'seccomp.json');
      writeFileSync(
        profile,
        JSON.stringify({
          defaultAction: 'SCMP_ACT_ALLOW',
          syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' }],
        }),
      );
      const options = ['--security-opt', `seccomp=${profile}`, '--add-host', 'friend:10.1.2.3'];
      const { stdout, stderr } = await podman.run(
        ['run', '-i', '--rm', ...options, image, 'sh', '-c', 'cat; mkdir /new; grep friend /etc/hosts'],
        { input: 'typed\n' },
      );
      expect(stdout).toMatch(/^typed\n10\.1\.2\.3\s+friend/);
      expect(stderr).toContain("can't create directory '/new': Operation not permitted");
    },
  },
  {
    name: '`--device` of a character device, `-v` with `:z`',
    verdict: 'differs',
    note: 'the device is the guest’s of that number, so only those that every kernel has are the same',
    check: async (podman) => {
      const options = ['--device', '/dev/zero:/dev/mine', '-v', 'named:/n:z'];
      const script = 'head -c 4 /dev/mine | wc -c; cat /n/y';
      expect(await podman.output(['run', '--rm', ...options, image, 'sh', '-c', script])).toBe('4\ny\n');
    },
  },
  {
    name: '`-v FOLDER:/v:O`, `--mount type=image`, `--systemd=always`',
    verdict: 'differs',
    note: '`podman cp` does not see what is in such an overlay',
    check: async (podman) => {
      const folder = join(podman.folder, 'below');
      mkdirSync(folder);
      writeFileSync(join(folder, 'file'), 'of the host\n');
      const mounts = ['-v', `${folder}:/v:O`, '--mount', `type=image,src=${image},dst=/img`];
      const script = 'echo changed > /v/file; cat /v/file; ls /img/bin/sh; mkdir /sys/fs/cgroup/init.scope';
      const args = ['run', '--rm', '--systemd=always', ...mounts, image, 'sh', '-c', script];
      expect(await podman.output(args)).toBe('changed\n/img/bin/sh\n');
      expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('of the host\n');
    },
  },
  {
    name: '`run` of a missing command, of one that may not be executed: 127, 126; wrong options: 125',
    verdict: 'works',
    check: async (podman) => {
      expect(await podman.run(['run', '--rm', image, 'nosuch'])).toMatchObject({ exitCode: 127 });
      expect(await podman.run(['run', '--rm', image, '/etc/passwd'])).toMatchObject({ exitCode: 126 });
      expect(await podman.run(['run', '--rm', '--no-such-option', image])).toMatchObject({ exitCode: 125 });
    },
  },
  {
    name: '`run -it`, `--privileged`',
    verdict: 'differs',
    note: 'all capabilities, but the devices are the virtual machine’s',
    check: async (podman) => {
      const { screen, slaveFd } = newTerminal({ rows: 40, columns: 100 });
      try {
        const done = podman.run(['run', '-it', '--rm', '--privileged', image, 'sh'], { terminalFd: slaveFd });
        screen.type('stty size; grep CapEff /proc/self/status; exit 5\n');
        await screen.see('40 100');
        await screen.see('CapEff:\t000001ff');
        expect((await done).exitCode).toBe(5);
      } finally {
        screen.close();
      }
    },
  },
  {
    name: '`build` of a Containerfile with RUN, COPY and CMD steps',
    verdict: 'works',
    check: async (podman) => {
      const context = join(podman.folder, 'context');
      mkdirSync(context);
      writeFileSync(join(context, 'data'), 'data\n');
      const steps = [`FROM ${image}`, 'COPY data /data', 'RUN cat /data > /built', 'CMD ["cat", "/built"]'];
      writeFileSync(join(context, 'Containerfile'), `${steps.join('\n')}\n`);
      await podman.output(['build', '--network', 'none', '--tag', 'localhost/built:1', context]);
      expect(await podman.output(['run', '--rm', 'localhost/built:1'])).toBe('data\n');
    },
  },
  {
    name: '`network create`, `--network` with several networks, `-p`, names by DNS',
    verdict: 'works',
    check: async (podman) => {
      for (const network of ['left', 'right', 'later']) await podman.output(['network', 'create', network]);
      const serve = 'mkdir /w; echo page > /w/index.html; exec httpd -f -p 80 -h /w';
      // Left to itself podman names them in any order.
      const named = ['left:interface_name=eth0', 'right:interface_name=eth1'];
      const networks = [...named.flatMap((network) => ['--network', network]), '-p', '127.0.0.1:8080:80'];
      await podman.output(['run', '-d', '--name', 'web', ...networks, image, 'sh', '-c', serve]);
      const fetched = async () =>
        (await podman.onHost(['busybox', 'wget', '-q', '-O', '-', 'http://127.0.0.1:8080/'])).stdout;
      await until(async () => (await fetched()) === 'page\n', 'the published port answers');
      expect(await podman.output(['port', 'web'])).toBe('80/tcp -> 127.0.0.1:8080\n');
      expect(await podman.output(['exec', 'web', 'ls', '/sys/class/net'])).toBe('eth0\neth1\nlo\n');
      const ask = ['run', '--rm', '--network', 'right', image, 'wget', '-q', '-O', '-', 'http://web/'];
      expect(await podman.output(ask)).toBe('page\n');
    },
  },
  {
    name: '`--dns`, `--dns-search`, `--dns-option`',
    verdict: 'works',
    check: async (podman) => {
      const dns = ['--dns', '192.0.2.53', '--dns-search', 'example.com', '--dns-option', 'ndots:3'];
      const run = ['run', '--rm', '--network', 'later', ...dns, image, 'cat', '/etc/resolv.conf'];
      const lines = (await podman.output(run)).trim().split('\n');
      expect(lines).toEqual(['search example.com', 'nameserver 192.0.2.53', 'options ndots:3']);
    },
  },
  {
    name: '`network connect` and `disconnect` of a running container',
    verdict: 'works',
    check: async (podman) => {
      const cards = () => podman.output(['exec', 'web', 'ls', '/sys/class/net']);
      await podman.output(['network', 'connect', 'later', 'web']);
      await until(async () => (await cards()) === 'eth0\neth1\neth2\nlo\n', 'the third card is there');
      await podman.output(['network', 'disconnect', 'left', 'web']);
      await until(async () => (await cards()) === 'eth1\neth2\nlo\n', 'the first card is gone');
      await podman.output(['rm', '--force', '--time', '0', 'web']);
    },
  },
  {
    name: '`--network none`',
    verdict: 'works',
    check: async (podman) => {
      const script = 'ls /sys/class/net; ping -c 1 127.0.0.1 | grep -c "1 packets received"';
      const run = ['run', '--rm', '--network', 'none', image, 'sh', '-c', script];
      expect(await podman.output(run)).toBe('lo\n1\n');
    },
  },
  {
    name: '`--network host`, `--uts host`',
    verdict: 'differs',
    note: 'the virtual machine’s own network, which has only a loopback interface; the hostname is the host’s',
    check: async (podman) => {
      const flags = ['--network', 'host', '--uts', 'host'];
      const script = 'ls /sys/class/net; hostname';
      const told = await podman.output(['run', '--rm', ...flags, image, 'sh', '-c', script]);
      expect(told).toBe(`lo\n${hostname()}\n`);
    },
  },
];

/** The table as Markdown. */
export function podmanTable(features: readonly PodmanFeature[]): string {
  const rows = features.map(({ name, verdict, note = '' }) => `| ${name} | ${verdict} | ${note} |`);
  return ['| podman 4.3 | with hako | |', '| --- | --- | --- |', ...rows].join('\n');
}
