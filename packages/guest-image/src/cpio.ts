import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** One entry of an archive. Paths have no leading slash; a folder must come before what is in it. */
export type CpioEntry =
  | { readonly path: string; readonly directory: true }
  | { readonly path: string; readonly link: string }
  | { readonly path: string; readonly content: Uint8Array; readonly mode?: number };

/**
 * Writes a cpio archive in the newc format, as the kernel unpacks it for an initial root (Documentation/driver-api/
 * early-userspace/buffer-format.rst). All entries belong to root and have time 0, so equal input gives equal bytes.
 */
export function writeCpio(entries: readonly CpioEntry[]): Buffer {
  const parts: Uint8Array[] = [];
  let size = 0;
  const add = (bytes: Uint8Array): void => {
    parts.push(bytes);
    size += bytes.length;
    const padding = -size & 3;
    if (padding > 0) {
      parts.push(new Uint8Array(padding));
      size += padding;
    }
  };
  const entry = (inode: number, path: string, mode: number, content: Uint8Array, links: number): void => {
    const name = Buffer.from(`${path}\0`);
    const fields = [inode, mode, 0, 0, links, 0, content.length, 0, 0, 0, 0, name.length, 0];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
    add(Buffer.concat([Buffer.from(header), name]));
    if (content.length > 0) add(content);
  };
  entries.forEach((item, index) => {
    if ('directory' in item) entry(index + 1, item.path, 0o040755, new Uint8Array(), 2);
    else if ('link' in item) entry(index + 1, item.path, 0o120777, Buffer.from(item.link), 1);
    else entry(index + 1, item.path, 0o100000 | (item.mode ?? 0o644), item.content, 1);
  });
  entry(0, 'TRAILER!!!', 0, new Uint8Array(), 1);
  return Buffer.concat(parts);
}

/** What is below a folder, as entries in a fixed order. */
export function readTree(folder: string): CpioEntry[] {
  const below = (path: string): CpioEntry[] =>
    readdirSync(join(folder, path))
      .sort()
      .flatMap((name): CpioEntry[] => {
        const here = path === '' ? name : `${path}/${name}`;
        const file = join(folder, here);
        const stats = lstatSync(file);
        if (stats.isDirectory()) return [{ path: here, directory: true }, ...below(here)];
        if (stats.isSymbolicLink()) return [{ path: here, link: readlinkSync(file) }];
        return [{ path: here, content: readFileSync(file), mode: stats.mode & 0o777 }];
      });
  return below('');
}
