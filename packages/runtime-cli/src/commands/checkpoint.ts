import { sandboxError } from '@hako/sandbox/state';

/** `checkpoint` and `restore`: said in a sentence, since engines offer them. */
export async function checkpoint(command: string): Promise<number> {
  throw sandboxError(
    'unsupported',
    `${command} is not supported: a container in a VM cannot be frozen to files`,
  );
}
