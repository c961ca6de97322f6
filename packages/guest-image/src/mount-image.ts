import { encodeProgram, type Step } from '@hako/syscall-program';
import { loadModule } from './stage-one.ts';

/** Where the image is mounted when something asks for what is in it. */
export const imageMountPoint = '/image';

const MS_RDONLY = 1;
const EBUSY = 16;

export interface ImageLoaderOptions {
  /** Paths of the modules that it takes, in load order. */
  readonly modulePaths: readonly string[];
  /** Program that this one becomes, with its arguments, once the image is there. Default: it ends with status 0. */
  readonly becomes?: string;
}

/**
 * Mounts the image, the first virtio-blk disk, where it is not yet. Any number of them at once are fine: the kernel loads
 * a module once, and mounts a disk on the same place once.
 */
export function imageLoader({ modulePaths, becomes }: ImageLoaderOptions): Uint8Array {
  const become: Step = {
    call: 'execve',
    args: [becomes ?? '', { own: 'arguments' }, { strings: ['PATH=/sbin:/bin', 'HOME=/'] }],
    what: `execute ${becomes}`,
  };
  return encodeProgram(
    [
      // One that is there already is refused. What else is wrong shows when the image is mounted.
      ...modulePaths.flatMap((path) => loadModule(path, 'ignore')),
      {
        call: 'mount',
        args: ['/dev/vda', imageMountPoint, 'erofs', MS_RDONLY, 0],
        result: 'mounted',
        onError: { goto: 'not mounted' },
      },
      { goto: 'mounted' },
      { label: 'not mounted' },
      { ifEqual: [{ value: 'mounted' }, -EBUSY], goto: 'mounted' },
      // Again, for the message.
      {
        call: 'mount',
        args: ['/dev/vda', imageMountPoint, 'erofs', MS_RDONLY, 0],
        what: 'mount the image from /dev/vda',
      },
      { label: 'mounted' },
      ...(becomes === undefined ? [] : [become]),
    ],
    { name: 'hako: ' },
  );
}
