import { waitFor } from '@hako/cri/wait-for';

/** Waits until `condition` holds, for what no event tells of; fails naming `what` after a minute. */
export async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  await waitFor(async () => (await condition()) || undefined, what);
}
