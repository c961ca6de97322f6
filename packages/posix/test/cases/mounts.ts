import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindMount, mount, setMountPropagation, unmount } from '../../src/index.ts';
import { assertPosixError, type Case } from './support.ts';

function mountInfo(target: string): string | undefined {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((line) => line.split(' ')[4] === target);
}

/** Mounts, as root. */
export const mounts: Readonly<Record<string, Case>> = {
  'a read-only bind refuses writes, and goes with unmount': (dir) => {
    const source = join(dir, 'source');
    const target = join(dir, 'target');
    mkdirSync(source);
    mkdirSync(target);
    writeFileSync(join(source, 'file'), 'text');
    bindMount(source, target, { readonly: true });
    try {
      assert.equal(readFileSync(join(target, 'file'), 'utf8'), 'text');
      assert.throws(() => writeFileSync(join(target, 'new'), ''), { code: 'EROFS' });
      writeFileSync(join(source, 'new'), '');
    } finally {
      unmount(target, { detach: true });
    }
    assert.equal(existsSync(join(target, 'file')), false);
  },

  'a read-only recursive bind covers the mounts below, and leaves the source as it was': (dir) => {
    const source = join(dir, 'tree');
    const target = join(dir, 'shown');
    mkdirSync(join(source, 'below'), { recursive: true });
    mkdirSync(target);
    mount({ source: 'none', target: join(source, 'below'), type: 'tmpfs' });
    try {
      bindMount(source, target, { readonly: true, recursive: true });
      try {
        for (const folder of [target, join(target, 'below')]) {
          assert.throws(() => writeFileSync(join(folder, 'x'), ''), { code: 'EROFS' });
        }
        writeFileSync(join(source, 'below', 'x'), '');
      } finally {
        unmount(target, { detach: true });
      }
    } finally {
      unmount(join(source, 'below'));
    }
  },

  'propagation can be set': (dir) => {
    bindMount(dir, dir);
    try {
      setMountPropagation(dir, 'shared');
      assert.match(mountInfo(dir) ?? '', / shared:\d+ /);
      setMountPropagation(dir, 'private', { recursive: true });
      assert.doesNotMatch(mountInfo(dir) ?? '', / shared:/);
    } finally {
      unmount(dir);
    }
  },

  'unmount does not follow a link': (dir) => {
    const real = join(dir, 'real');
    mkdirSync(real);
    symlinkSync(real, join(dir, 'link'));
    bindMount(real, real);
    try {
      assertPosixError(() => unmount(join(dir, 'link')), 'EINVAL');
      assert.ok(mountInfo(real));
    } finally {
      unmount(real);
    }
  },
};
