import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { type Figure, ratioGoal } from '../figure.ts';
import { timeProgram } from '../processes.ts';
import { copyInitrd } from './copy-initrd.ts';
import { Floor } from './floor.ts';

/** A file in the guest's memory, and how often it goes out. */
const MIB = 64;
const TIMES = 16;
const BYTES = (MIB << 20) * TIMES;

/**
 * A process's output through `hako exec`, beside a bare copy of the same file through the same machine's virtio-serial port.
 */
export const copy: Figure = {
  name: 'copy',
  title: '1 GiB out of a VM',
  method: `\`cat\` in the container writes a file of ${MIB} MiB of the guest's memory ${TIMES} times; \`hako exec\` from its start to its end, read by a pipe. Bare: the same machine's kernel with an init that writes as much to the port, from the first byte to the last.`,
  async prepare({ workspace, folder, tag, rootfs }) {
    const hako = join(workspace, 'dist/bin/hako');
    const bundle = writeBundle(join(folder, 'copy-bundle'), { rootfs, args: ['sleep', '100000'] });
    const guestFolder = join(workspace, 'dist/guest');
    const initrd = join(folder, 'copy-initrd.img');
    const probe = readFileSync(join(guestFolder, 'probe-initrd.img'));
    writeFileSync(initrd, copyInitrd(probe, MIB << 20, TIMES));
    const floor = await Floor.prepare({ hako, initrd, bundle, folder, tag });
    const id = `${tag}-copy`;
    const global = ['--root', join(folder, 'copy')];
    const call = (...args: string[]) => timeProgram(hako, [...global, ...args]);
    await call('create', '--bundle', bundle, id);
    await call('start', id);
    // A file of the guest's memory, so that only the way out is measured.
    await call('exec', id, 'dd', 'if=/dev/zero', 'of=/dev/zeros', 'bs=1M', `count=${MIB}`);

    const files = Array.from({ length: TIMES }, () => '/dev/zeros');
    const execCat = async (): Promise<number> => {
      const start = performance.now();
      const child = spawn(hako, [...global, 'exec', id, 'cat', ...files], {
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
      ],
      goals: [ratioGoal('exec cat', 'bare virtio-serial', 2)],
      dispose: async () => {
        await call('delete', '--force', id);
        await floor.close();
      },
    };
  },
};
