import { uncaught } from './uncaught.ts';

/** As in the HTML standard. */
export function queueMicrotask(callback: () => void): void {
  void Promise.resolve().then(() => {
    try {
      callback();
    } catch (error) {
      uncaught(error);
    }
  });
}
