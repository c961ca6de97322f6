import { AgentError } from '../agent-error.ts';
import { FolderMirror } from './folder-mirror.ts';

/** As often as Kata's agent. A shared folder tells of no change of the host's. */
const lookAgainMs = 2000;

/**
 * Keeps a copy of a small folder of the host up to date, so that programs can watch it (driver `watchable-bind`).
 *
 * @returns what ends it; undefined for a folder that is too large, of which nothing is copied
 */
export function followFolder(
  source: string,
  target: string,
  periodMs: number = lookAgainMs,
): (() => void) | undefined {
  const mirror = new FolderMirror(source, target);
  try {
    mirror.update();
  } catch (error) {
    if (error instanceof AgentError) return undefined;
    throw error;
  }
  const timer = setInterval(() => {
    try {
      mirror.update();
    } catch {
      // It changes just now, or has become too large: the copy stays as it is until it fits again.
    }
  }, periodMs);
  timer.unref();
  return () => clearInterval(timer);
}
