import { uncaught } from './uncaught.ts';

/** As in the HTML standard. */
export function queueMicrotask(callback: () => void): void {
  void Promise.resolve().then(() => {
    try {
      // oxlint-disable-next-line promise/no-callback-in-promise -- a microtask is one
      callback();
    } catch (error) {
      uncaught(error);
    }
  });
}
