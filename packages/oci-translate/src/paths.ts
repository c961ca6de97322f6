/** True for a path that begins with `/`. */
export function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

/**
 * Parts joined with `/` and cleaned: no empty, `.` or inner `..` parts, no `/` at the end. Empty if all parts are
 * empty. Same results as Go's filepath.Join on Unix.
 */
export function joinPath(...parts: readonly string[]): string {
  const joined = parts.filter((part) => part !== '').join('/');
  return joined === '' ? '' : cleanPath(joined);
}

function cleanPath(path: string): string {
  const rooted = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!rooted) kept.push(part);
  }
  const cleaned = kept.join('/');
  if (rooted) return `/${cleaned}`;
  return cleaned === '' ? '.' : cleaned;
}

/** The root file system on the host: an absolute path as it stands, a relative one below the bundle. */
export function rootfsPath(rootPath: string, bundlePath: string): string {
  return isAbsolute(rootPath) ? rootPath : joinPath(bundlePath, rootPath);
}
