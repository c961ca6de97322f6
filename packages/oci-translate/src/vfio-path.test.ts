import { expect, test } from 'vitest';
import { isVfioPath } from './vfio-path.ts';

test('paths of such files', () => {
  for (const path of ['/dev/vfio/0', '/dev/vfio/devices/vfio12']) expect(isVfioPath(path)).toBe(true);
  for (const path of ['/dev/vfio/vfio', '/dev/vfio', '/dev/vfio/1/2', '/dev/null'])
    expect(isVfioPath(path)).toBe(false);
});
