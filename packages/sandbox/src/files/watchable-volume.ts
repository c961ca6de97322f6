import { basename, dirname } from 'node:path';
import { guestWatchable } from '../guest-paths.ts';
import type { GuestStorage } from '../guest-storage.ts';

/** Folders of kubelet's whose content is replaced while the pod runs, and which programs watch for that, as Kata tells them. */
const WATCHED = new Set([
  'kubernetes.io~configmap',
  'kubernetes.io~secret',
  'kubernetes.io~projected',
  'kubernetes.io~downward-api',
]);

export function isWatchedVolume(source: string): boolean {
  return WATCHED.has(basename(dirname(source)));
}

/**
 * A copy of a shared folder that the guest keeps up to date: a share tells nobody in the guest of a change that
 * the host makes.
 */
export function watchableVolume(shared: string, name: string, index: number): GuestStorage {
  return {
    driver: 'watchable-bind',
    source: shared,
    fstype: 'bind',
    options: ['bind', 'ro'],
    mountPoint: guestWatchable(name, index),
  };
}
