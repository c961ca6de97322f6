import { readAtMost } from '@hako/admission';
import { makeVisible } from '@hako/errors';
import { SandboxService } from '@hako/shim/sandbox-service';
import type { Context } from '../context.ts';
import { onContainer } from '../on-container.ts';
import { print } from '../output.ts';

/** Arguments of `iptables get` and `iptables set`. */
export interface IptablesOptions {
  /** Rules of IPv6 in place of IPv4. */
  readonly v6: boolean;
}

/** The guest takes no more. */
const MAX_RULES_BYTES = 3 * 1024 * 1024;

/** Prints the rules of the machine that a container runs in, as iptables-save has them. */
export async function iptablesGet(context: Context, id: string, { v6 }: IptablesOptions): Promise<number> {
  await onContainer(context, id, async (shim) => {
    const { data } = await shim.service(SandboxService).getIPTables({ isIpv6: v6 });
    printGuestText(data);
  });
  return 0;
}

/** Gives that machine the tables in a file, as iptables-restore does. */
export async function iptablesSet(
  context: Context,
  id: string,
  file: string,
  { v6 }: IptablesOptions,
): Promise<number> {
  const data = readAtMost(file, MAX_RULES_BYTES);
  await onContainer(context, id, async (shim) => {
    const answer = await shim.service(SandboxService).setIPTables({ isIpv6: v6, data });
    printGuestText(answer.data);
  });
  return 0;
}

/** Prints what the guest's kernel and agent count, as Prometheus' text. */
export async function metrics(context: Context, id: string): Promise<number> {
  await onContainer(context, id, async (shim) => {
    const { metrics: text } = await shim.service(SandboxService).getMetrics({});
    printGuestText(new TextEncoder().encode(text));
  });
  return 0;
}

/** What comes out of the guest may hold anything. */
function printGuestText(bytes: Uint8Array): void {
  const lines = new TextDecoder().decode(bytes).split('\n');
  print(lines.map(makeVisible).join('\n'));
}
