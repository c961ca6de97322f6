import { encodeProgram, type Step } from '@hako/syscall-program';
import { loadModule, timespec } from './stage-one.ts';

/** Where the image is mounted when something asks for what is in it. */
export const imageMountPoint = '/image';

const MS_RDONLY = 1;
const EBUSY = 16;

export interface ImageLoaderOptions {
  /** Paths of the modules that it takes, in load order. */
  readonly modulePaths: readonly string[];
  /** Program that this one becomes, with its arguments, once the image is there. Default: it ends with status 0. */
  readonly becomes?: string;
  /** Default `disk`, the first virtio-blk disk; `nvdimm` is the first NVDIMM. */
  readonly device?: ImageDevice;
}

export type ImageDevice = 'disk' | 'nvdimm';

const deviceFiles: Readonly<Record<ImageDevice, string>> = { disk: '/dev/vda', nvdimm: '/dev/pmem0' };

/** The kernel looks for NVDIMMs beside the loading of their driver, and is done a moment after: so often it is looked again. */
const attempts: Readonly<Record<ImageDevice, number>> = { disk: 1, nvdimm: 250 };
const pauseNs = 20_000_000;

const sleep: Step = { call: 'nanosleep', args: [timespec(pauseNs), 0], onError: 'ignore' };

/**
 * Mounts the image where it is not yet. Any number of them at once are fine: the kernel loads
 * a module once, and mounts a disk on the same place once.
 */
export function imageLoader({ modulePaths, becomes, device = 'disk' }: ImageLoaderOptions): Uint8Array {
  const become: Step = {
    call: 'execve',
    args: [becomes ?? '', { own: 'arguments' }, { strings: ['PATH=/sbin:/bin', 'HOME=/'] }],
    what: `execute ${becomes}`,
  };
  const mount = {
    call: 'mount',
    args: [deviceFiles[device], imageMountPoint, 'erofs', MS_RDONLY, 0],
  } as const;
  return encodeProgram(
    [
      // One that is there already is refused. What else is wrong shows when the image is mounted.
      ...modulePaths.flatMap((path) => loadModule(path, 'ignore')),
      ...Array.from({ length: attempts[device] }, (_, index): Step[] => [
        ...(index === 0 ? [] : [sleep]),
        { ...mount, result: 'mounted', onError: 'ignore' },
        { ifEqual: [{ value: 'mounted' }, 0], goto: 'mounted' },
        { ifEqual: [{ value: 'mounted' }, -EBUSY], goto: 'mounted' },
      ]).flat(),
      // Again, for the message.
      { ...mount, what: `mount the image from ${deviceFiles[device]}` },
      { label: 'mounted' },
      ...(becomes === undefined ? [] : [become]),
    ],
    { name: 'hako: ' },
  );
}
