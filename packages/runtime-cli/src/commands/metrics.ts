import { SandboxService } from '@hako/shim/sandbox-service';
import type { Context } from '../context.ts';
import { printGuestText } from '../guest-text.ts';
import { onContainer } from '../on-container.ts';

/** Prints what the guest's kernel and agent count, as Prometheus' text. */
export async function metrics(context: Context, id: string): Promise<number> {
  await onContainer(context, id, async (shim) => {
    const { metrics: text } = await shim.service(SandboxService).getMetrics({});
    printGuestText(text);
  });
  return 0;
}
