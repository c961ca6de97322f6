import { expect, test } from 'vitest';
import { AgentError } from './agent-error.ts';
import { mountWhenThere } from './mount-when-there.ts';

const request = { source: 'kataShared', target: '/shared', type: 'virtiofs', flags: 0 };

/** A machine that refuses the first mounts with these numbers, and tells of a device after each. */
function machine(refusals: number[]) {
  const log: string[] = [];
  return {
    log,
    mount: ({ type, source }: { type?: string; source: string }) => {
      const errno = refusals.shift();
      log.push(errno === undefined ? `mounted ${type} ${source}` : `refused ${errno}`);
      if (errno !== undefined) throw new AgentError('internal', 'mount failed', { facts: { errno } });
    },
    watchDevices: (changed: () => void) => {
      const timer = setInterval(changed);
      return () => {
        clearInterval(timer);
        log.push('no more events');
      };
    },
  };
}

test('a file system is mounted once its device is there', async () => {
  const late = machine([22, 22, 22]);
  await mountWhenThere(late, request);
  expect(late.log).toEqual([
    'refused 22',
    'refused 22',
    'refused 22',
    'mounted virtiofs kataShared',
    'no more events',
  ]);
  const there = machine([]);
  await mountWhenThere(there, request);
  expect(there.log).toEqual(['mounted virtiofs kataShared']);
});

test('what the kernel refuses for another reason, and what never comes, is told', async () => {
  await expect(mountWhenThere(machine([1]), request)).rejects.toMatchObject({ facts: { errno: 1 } });
  await expect(mountWhenThere(machine([22, 22, 1]), request)).rejects.toMatchObject({ facts: { errno: 1 } });
  const never = machine(Array.from({ length: 10_000 }, () => 22));
  await expect(mountWhenThere(never, request, 20)).rejects.toMatchObject({ code: 'not-found' });
});
