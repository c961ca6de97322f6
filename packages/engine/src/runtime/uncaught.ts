import { native } from './native.ts';
import { syscall } from './syscall.ts';
import { TextEncoder } from './text.ts';

type ErrorListener = (error: unknown) => void;

/** Who is told of errors that nobody caught; without one the program ends with status 1. */
export const listeners: { exception: ErrorListener | undefined; rejection: ErrorListener | undefined } = {
  exception: undefined,
  rejection: undefined,
};

const rejected = new Map<object, unknown>();

native.onRejection((promise, reason, handled) => {
  if (handled) rejected.delete(promise);
  else rejected.set(promise, reason);
});

/** Tells of promises that were rejected and that nobody handled until now; false when there were none. */
export function tell(): boolean {
  if (rejected.size === 0) return false;
  const reasons = [...rejected.values()];
  rejected.clear();
  for (const reason of reasons) {
    if (listeners.rejection === undefined) uncaught(reason);
    else listeners.rejection(reason);
  }
  return true;
}

export function uncaught(error: unknown): void {
  if (listeners.exception !== undefined) {
    listeners.exception(error);
    return;
  }
  syscall('write', 2, ...sized(new TextEncoder().encode(`Uncaught ${describe(error)}\n`)));
  syscall('exit_group', 1);
}

/** Message and stack. The engine's `stack` is without the message. */
function describe(error: unknown): string {
  return error instanceof Error ? `${String(error)}\n${error.stack ?? ''}` : String(error);
}

function sized(bytes: Uint8Array): [Uint8Array, number] {
  return [bytes, bytes.length];
}
