import { sandboxError } from '@hako/sandbox/state';

/** A command that other runtimes have: what it cannot do here, and why, is said in a sentence. */
export async function unsupported(command: string, why: string): Promise<number> {
  throw sandboxError('unsupported', `${command} is not supported: ${why}`);
}
