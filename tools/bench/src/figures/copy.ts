import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { type Figure, ratioGoal } from '../figure.ts';
import { timeProgram } from '../processes.ts';
import { copyInitrd } from './copy-initrd.ts';
import { Floor } from './floor.ts';

/** Enough that the start of a process does not count for much. */
const MIB = 64;
const BYTES = MIB << 20;

/**
 * A process's output through `hako exec`, beside a bare copy of the same file through the same machine's virtio-serial port,
 * and beside what `cat` alone takes in the guest.
 */
export const copy: Figure = {
  name: 'copy',
  title: `${MIB} MiB out of a VM, and what a further process costs`,
  method:
    "A process in the container writes zeros from the guest's memory; `hako exec` is read to its end by a pipe. Bare: the same machine's kernel with an init that writes as much to the port.",
  async prepare({ workspace, folder, tag, rootfs }) {
    const hako = join(workspace, 'dist/bin/hako');
    const bundle = writeBundle(join(folder, 'copy-bundle'), { rootfs, args: ['sleep', '100000'] });
    const guestFolder = join(workspace, 'dist/guest');
    const initrd = join(folder, 'copy-initrd.img');
    writeFileSync(initrd, copyInitrd(readFileSync(join(guestFolder, 'probe-initrd.img')), BYTES));
    const floor = await Floor.prepare({ hako, initrd, bundle, folder, tag });
    const id = `${tag}-copy`;
    const global = ['--root', join(folder, 'copy')];
    const call = (...args: string[]) => timeProgram(hako, [...global, ...args]);
    await call('create', '--bundle', bundle, id);
    await call('start', id);
    // A file of the guest's memory, so that only the way out is measured.
    await call('exec', id, 'dd', 'if=/dev/zero', 'of=/dev/zeros', 'bs=1M', `count=${MIB}`);

    const execCat = async (): Promise<number> => {
      const start = performance.now();
      const child = spawn(hako, [...global, 'exec', id, 'cat', '/dev/zeros'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      let length = 0;
      for await (const piece of child.stdout) length += (piece as Buffer).length;
      await ended;
      if (length !== BYTES) throw new Error(`${length} bytes of ${BYTES} came out`);
      return performance.now() - start;
    };
    return {
      variants: [
        {
          name: 'exec cat',
          sample: async () => [{ label: 'exec cat', value: await execCat(), unit: 'ms' }],
        },
        {
          name: 'virtio-serial',
          sample: async () => [
            { label: 'bare virtio-serial', value: await floor.timeBytes(BYTES), unit: 'ms' },
          ],
        },
        {
          name: 'cat',
          sample: async () => [
            {
              label: 'exec cat to /dev/null',
              value: await call('exec', id, 'sh', '-c', 'cat /dev/zeros >/dev/null'),
              unit: 'ms',
            },
          ],
        },
        {
          name: 'exec true',
          sample: async () => [{ label: 'exec true', value: await call('exec', id, 'true'), unit: 'ms' }],
        },
      ],
      goals: [ratioGoal('exec cat', 'bare virtio-serial', 2)],
      dispose: async () => {
        await call('delete', '--force', id);
        await floor.close();
      },
    };
  },
};
