import { writeSync } from 'node:fs';
import { call } from './kernel.ts';

const IN_CREATE = 0x100;
const IN_MOVED_TO = 0x80;

/** Waits until a file of that name comes to be in the folder, as the kernel tells it, and says so. */
export function watchFor(folder: string, name: string): void {
  const fd = call('inotify_init1', 0);
  call('inotify_add_watch', fd, folder, IN_CREATE | IN_MOVED_TO);
  writeSync(1, 'watching\n');
  for (;;) if (readEvents(fd).some((event) => event.name === name)) break;
  writeSync(1, `${name}\n`);
}

export interface WatchEvent {
  readonly mask: number;
  readonly name: string;
}

/** inotify(7): descriptor, mask, cookie and length of the name, of four bytes each; the name, filled up with NULs. */
export function readEvents(fd: number): readonly WatchEvent[] {
  const buffer = new Uint8Array(4096);
  const filled = call('read', fd, buffer, buffer.length);
  const view = new DataView(buffer.buffer);
  const events: WatchEvent[] = [];
  for (let at = 0; at < filled; at += 16 + view.getUint32(at + 12, true)) {
    const name = new TextDecoder().decode(buffer.subarray(at + 16, at + 16 + view.getUint32(at + 12, true)));
    events.push({ mask: view.getUint32(at + 4, true), name: name.replace(/\0+$/, '') });
  }
  return events;
}
