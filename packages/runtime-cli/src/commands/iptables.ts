import { readAtMost } from '@hako/admission';
import { SandboxService } from '@hako/shim/sandbox-service';
import type { Context } from '../context.ts';
import { printGuestText } from '../guest-text.ts';
import { onContainer } from '../on-container.ts';

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
    printGuestText(new TextDecoder().decode(data));
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
    printGuestText(new TextDecoder().decode(answer.data));
  });
  return 0;
}
