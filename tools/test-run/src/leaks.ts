import { setTimeout } from 'node:timers/promises';
import { type HostSnapshot, type LeakKind, leakKinds } from './host-snapshot.ts';

/** What is there and was not before, in words, by kind. Kinds without a difference are left out. */
export function findLeaks(
  before: HostSnapshot,
  after: HostSnapshot,
): ReadonlyMap<LeakKind, readonly string[]> {
  const leaks = new Map<LeakKind, readonly string[]>();
  for (const kind of leakKinds) {
    const added = [...after[kind]]
      .filter(([identity]) => !before[kind].has(identity))
      .map(([, words]) => words);
    if (added.length > 0) leaks.set(kind, added);
  }
  return leaks;
}

/** Looks again until nothing is left over or the time is up: the kernel takes a moment to reap a namespace or a cgroup. */
export async function waitForNoLeaks(
  before: HostSnapshot,
  look: () => HostSnapshot,
  timing: { deadlineMs: number; intervalMs: number } = { deadlineMs: 5000, intervalMs: 250 },
): Promise<ReadonlyMap<LeakKind, readonly string[]>> {
  const end = performance.now() + timing.deadlineMs;
  for (;;) {
    const leaks = findLeaks(before, look());
    if (leaks.size === 0 || performance.now() >= end) return leaks;
    await setTimeout(timing.intervalMs);
  }
}
