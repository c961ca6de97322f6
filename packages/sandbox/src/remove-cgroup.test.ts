import { expect, test } from 'vitest';
import { removeCgroup } from './remove-cgroup.ts';

const failure = (code: string) => Object.assign(new Error(code), { code });

/** A cgroup that answers `codes` one after the other, and then goes. */
function cgroup(codes: readonly string[], { subgroups = [] as string[], processes = '' } = {}) {
  const left = [...codes];
  let attempts = 0;
  return {
    attempts: () => attempts,
    rmdir: () => {
      attempts += 1;
      const code = left.shift();
      if (code !== undefined) throw failure(code);
    },
    subgroups: () => subgroups,
    processes: () => processes,
  };
}

test('one whose processes are still ending is tried again', async () => {
  const busy = cgroup(['EBUSY', 'EBUSY']);
  expect(await removeCgroup('/c', 60_000, busy)).toBeUndefined();
  expect(busy.attempts()).toBe(3);
});

test('it is fine when somebody else has removed it, also between two looks', async () => {
  expect(await removeCgroup('/c', 60_000, cgroup(['ENOENT']))).toBeUndefined();
  const gone = {
    ...cgroup(['EBUSY', 'ENOENT']),
    subgroups: () => {
      throw failure('ENOENT');
    },
  };
  expect(await removeCgroup('/c', 60_000, gone)).toBeUndefined();
});

test('who keeps it is told: processes, when the time is over, or a group below, at once', async () => {
  const busy = ['EBUSY'];
  const processes = `${process.pid}\n4194304999\n`;
  expect(await removeCgroup('/c', 0, cgroup(busy, { processes }))).toMatch(
    new RegExp(`^pid ${process.pid} \\(.+\\), pid 4194304999$`),
  );
  expect(await removeCgroup('/c', 0, cgroup(busy))).toBe('a process that has ended');
  expect(await removeCgroup('/c', 60_000, cgroup(busy, { subgroups: ['theirs'] }))).toBe('the group theirs');
});

test('what is no matter of its processes is an error', async () => {
  await expect(removeCgroup('/c', 60_000, cgroup(['EROFS']))).rejects.toThrow('EROFS');
});
