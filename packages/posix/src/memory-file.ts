import { closeSync, writeSync } from 'node:fs';
import { callLibc, cString } from './libc.ts';

const MFD_CLOEXEC = 1;

/** A file that no file system holds, with that content. Close-on-exec; the caller closes it. Throws PosixError. */
export function memoryFile(name: string, content: Uint8Array): number {
  const fd = callLibc('memfd_create', [cString(name, 'memfd_create'), MFD_CLOEXEC], name);
  try {
    for (let at = 0; at < content.length; ) at += writeSync(fd, content, at);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
