/** What programs find as globals; only what one of them names comes into its bundle. */
export { AbortController, AbortSignal } from './abort.ts';
export { performance } from './clock.ts';
export { queueMicrotask } from './microtask.ts';
export { process } from './process.ts';
export { TextDecoder, TextEncoder } from './text.ts';
export { clearInterval, clearTimeout, setInterval, setTimeout } from './timers.ts';
