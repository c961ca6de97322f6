/** What has been written before the end was asked for is there by then: it only has to pass a pipe of this host. */
const QUIET_MS = 50;

/**
 * The pieces of a stream until its end, or, once `closing` is aborted, until nothing more comes at once: what was written
 * before somebody asked for the end is not lost.
 */
export async function* closableInput(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  closing: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const pieces = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  for (;;) {
    const next = await orQuiet(Promise.resolve(pieces.next()), closing);
    if (next === 'quiet' || next.done === true) return;
    yield next.value;
  }
}

/** What comes, or `quiet` when it does not come although the end is asked for. Keeps nothing once it has settled. */
async function orQuiet<T>(coming: Promise<T>, closing: AbortSignal): Promise<T | 'quiet'> {
  const { promise, resolve, reject } = Promise.withResolvers<T | 'quiet'>();
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    timer = setTimeout(() => resolve('quiet'), QUIET_MS);
  };
  if (closing.aborted) wait();
  else closing.addEventListener('abort', wait, { once: true });
  void coming.then(resolve, reject);
  try {
    return await promise;
  } finally {
    closing.removeEventListener('abort', wait);
    clearTimeout(timer);
  }
}
