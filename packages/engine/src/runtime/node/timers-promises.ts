import { setTimeout as setTimer } from '../timers.ts';

/** Fulfilled after `ms`. */
export function setTimeout(ms?: number): Promise<void> {
  return new Promise((resolve) => {
    setTimer(resolve, ms);
  });
}
