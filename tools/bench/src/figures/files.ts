import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { withLine } from '@hako/bundles/toml-line';
import { waitFor } from '@hako/cri/wait-for';
import { type BenchContext, type Figure, type Reading, ratioGoal, type Variant } from '../figure.ts';
import { endChild, timeProgram } from '../processes.ts';
import { consoleConfiguration, GuestShell } from './guest-shell.ts';
import { qemuWith, shippedQemu } from './qemu-with.ts';
import { type Share, shares } from './templates.ts';

const MIB = 64;
const FILES = 1000;

/** What is done in a folder, as a shell's words. Caches are dropped before each. */
const tasks = {
  [`read ${MIB} MiB`]: 'cat large > /dev/null',
  [`write ${MIB / 2} MiB`]: `dd if=/dev/zero of=written bs=1M count=${MIB / 2} conv=fsync 2>/dev/null`,
  [`stat ${FILES} files`]: 'find small -size +9 > /dev/null',
};

/** A machine with hako's share of a folder, and another share of the same folder, mounted by hand. */
class TwoShares {
  readonly shell: GuestShell;
  /** In the guest: the folder by hako's share, and by the other. */
  readonly folders: Readonly<Record<'hako' | 'by hand', string>>;
  readonly #end: () => Promise<void>;

  private constructor(shell: GuestShell, hako: string, end: () => Promise<void>) {
    this.shell = shell;
    this.folders = { hako, 'by hand': '/run/by-hand' };
    this.#end = end;
  }

  static async start(share: Share, { workspace, folder, tag, rootfs }: BenchContext): Promise<TwoShares> {
    const own = join(folder, share);
    const data = join(own, 'data');
    fill(data);
    const id = `${tag}-${share}`;
    const config = consoleConfiguration(workspace, own);
    const lines = [`path = "${join(own, 'qemu')}"`, `shared_fs = "${share}"`, 'accelerator = "tcg"'];
    const text = lines.reduce((all, line) => withLine(all, line), readFileSync(config, 'utf8'));
    writeFileSync(config, text);
    const socket = join(own, 'by-hand.sock');
    const words =
      share === 'virtio-9p'
        ? `-fsdev local,id=hand,path=${data},security_model=none -device virtio-9p-pci,fsdev=hand,mount_tag=hand`
        : `-chardev socket,id=hand,path=${socket} -device vhost-user-fs-pci,chardev=hand,tag=hand`;
    qemuWith(join(own, 'qemu'), shippedQemu(workspace), { words });
    const global = ['--root', join(own, 'state'), '--config', config];
    const call = (...args: string[]) => timeProgram(join(workspace, 'dist/bin/hako'), [...global, ...args]);
    const daemon = share === 'virtio-9p' ? undefined : await startDaemon(text, socket, data);
    const end = async (): Promise<void> => {
      await call('delete', '--force', id);
      if (daemon !== undefined) await endChild(daemon);
    };
    try {
      const mounts = [{ destination: '/data', type: 'bind', source: data, options: ['bind'] }];
      const bundle = writeBundle(join(own, 'bundle'), {
        rootfs,
        args: ['sleep', '100000'],
        extra: { mounts },
      });
      await call('run', '--detach', '--bundle', bundle, id);
      const shell = await GuestShell.open(join(own, 'state', id, 'vm'));
      const found = await shell.run('ls -d /run/kata-containers/shared/containers/*~0');
      const type = share === 'virtio-9p' ? '9p' : 'virtiofs';
      // With the options that hako's has; what virtiofsd announces of mounts below it comes after it.
      const options = `$(grep -m1 ' ${type} ' /proc/mounts | cut -d' ' -f4 | sed 's/access=[a-z]*,//; s/,mmap,/,cache=mmap,/')`;
      await shell.run(`mkdir /run/by-hand && mount -t ${type} -o "${options}" hand /run/by-hand`);
      return new TwoShares(shell, found.trim(), end);
    } catch (error) {
      await end();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.shell.close();
    await this.#end();
  }
}

function fill(data: string): void {
  mkdirSync(join(data, 'small'), { recursive: true });
  writeFileSync(join(data, 'large'), Buffer.alloc(MIB << 20, 'x'));
  for (let index = 0; index < FILES; index++) writeFileSync(join(data, 'small', String(index)), 'x');
}

async function startDaemon(configuration: string, socket: string, data: string): Promise<ChildProcess> {
  const program = /^virtio_fs_daemon = "(.*)"$/m.exec(configuration)?.[1] ?? '/usr/libexec/virtiofsd';
  // QEMU's own; the one in Rust has other words.
  const words = program.includes('/qemu/') ? ['-f', '-o', `source=${data}`] : ['--shared-dir', data];
  const daemon = spawn(program, [`--socket-path=${socket}`, '--rlimit-nofile=0', ...words], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  await waitFor(async () => (existsSync(socket) ? true : undefined), 'virtiofsd listens');
  return daemon;
}

/** What hako's share costs over one that was mounted by hand, in the same machine. */
export const files: Figure = {
  name: 'files',
  title: 'Files: hako’s share, and the same folder mounted by hand in the same machine',
  method: `A shell of the guest reads a file of ${MIB} MiB, writes one of half of that, and looks at the sizes of ${FILES} files, its caches dropped before: in a volume of a container, and in the same folder by a second virtio-fs or 9p device that the machine was given by hand, mounted with the same options.`,
  samplesPerRound: 6,
  async prepare(context) {
    const machines: { share: Share; machine: TwoShares }[] = [];
    const dispose = async (): Promise<void> => {
      for (const { machine } of machines) await machine.close();
    };
    const label = (task: string, share: Share, side: string) => `${task}, ${share}, ${side}`;
    try {
      for (const share of shares) {
        mkdirSync(join(context.folder, share));
        machines.push({ share, machine: await TwoShares.start(share, context) });
      }
    } catch (error) {
      await dispose();
      throw error;
    }
    const sides = ['hako', 'by hand'] as const;
    const variants = machines.flatMap(({ share, machine }) =>
      sides.map(
        (side): Variant => ({
          name: `${share}, ${side}`,
          async sample() {
            const readings: Reading[] = [];
            for (const [task, words] of Object.entries(tasks)) {
              await machine.shell.run(
                `cd ${machine.folders[side]} && rm -f written && sync && echo 3 > /proc/sys/vm/drop_caches`,
              );
              const startMs = performance.now();
              await machine.shell.run(words);
              readings.push({
                label: label(task, share, side),
                value: performance.now() - startMs,
                unit: 'ms',
              });
            }
            return readings;
          },
        }),
      ),
    );
    return {
      variants,
      goals: shares.flatMap((share) =>
        Object.keys(tasks).map((task) =>
          ratioGoal(label(task, share, 'hako'), label(task, share, 'by hand'), 1.05),
        ),
      ),
      dispose,
    };
  },
};
