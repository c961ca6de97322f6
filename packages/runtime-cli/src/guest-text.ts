import { makeVisible } from '@hako/errors';
import { print } from './output.ts';

/** Prints lines that come out of a guest, which may hold anything: what would steer a terminal is made visible. */
export function printGuestText(text: string): void {
  print(text.split('\n').map(makeVisible).join('\n'));
}
