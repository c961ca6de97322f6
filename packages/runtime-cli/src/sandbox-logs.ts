import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateStore } from '@hako/sandbox/state';

/** Who said a line. */
export const LOG_SOURCES = ['shim', 'qemu', 'virtiofsd', 'kernel', 'agent'] as const;
export type LogSource = (typeof LOG_SOURCES)[number];

/** A line of a sandbox's logs. Its text may be the guest's: make it visible before it is shown. */
export interface LogLine {
  /** RFC 3339, UTC; that of the line before for lines without one of their own. */
  readonly time: string;
  readonly source: LogSource;
  readonly text: string;
}

/** All that is kept of a sandbox's logs, each source in its order. */
export function readSandboxLogs(store: StateStore, sandboxId: string): readonly LogLine[] {
  const { shimLog, logs } = store.sandbox(sandboxId);
  const console = ['console.log.old', 'console.log'].map((name) => readIfThere(join(logs, name))).join('');
  return [
    ...linesOf(readIfThere(shimLog), () => 'shim'),
    ...linesOf(readIfThere(join(logs, 'qemu.log')), () => 'qemu'),
    ...linesOf(readIfThere(join(logs, 'virtiofsd.log')), () => 'virtiofsd'),
    ...linesOf(console, consoleSource),
  ];
}

/** Lines of all sources by time; those of one source keep their order. */
export function byTime(lines: readonly LogLine[]): readonly LogLine[] {
  return lines.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

function linesOf(text: string, sourceOf: (text: string) => LogSource): readonly LogLine[] {
  let time = '';
  return text.split('\n').flatMap((line) => {
    const stamped = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (.*)$/s.exec(line);
    if (stamped !== null) time = stamped[1] ?? '';
    const words = (stamped?.[2] ?? line).trimEnd();
    return words === '' ? [] : [{ time, source: sourceOf(words), text: words }];
  });
}

/** hako's agent says who it is; Kata's writes JSON. All else on the console is the kernel's, and the firmware's. */
function consoleSource(text: string): LogSource {
  return /^(hako-agent: |\{"msg")/.test(text) ? 'agent' : 'kernel';
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
