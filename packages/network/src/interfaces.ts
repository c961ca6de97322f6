import * as z from 'zod';
import { type CommandRunner, runCommand } from './command-runner.ts';
import { NetworkError } from './network-error.ts';

/** A network interface found in a sandbox's namespace. */
export interface NetworkInterface {
  readonly name: string;
  /** Kernel's link kind (`veth`, `macvlan`, `tun`); absent for physical ones. */
  readonly kind?: string;
  readonly mac: string;
  readonly mtu: number;
  /** Addresses with prefix length, e.g. `10.88.0.2/16`. */
  readonly addresses: readonly string[];
}

// The form of `ip -json -details address` (iproute2); only what is used is checked.
const IpAddressOutput = z.array(
  z.object({
    ifname: z.string().optional(),
    link_type: z.string().optional(),
    address: z.string().default(''),
    mtu: z.number().default(0),
    linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
    addr_info: z
      .array(z.object({ local: z.string().optional(), prefixlen: z.number().optional() }))
      .default([]),
  }),
);

/**
 * Interfaces of the network namespace at `netNsPath`, without loopback. iproute2's JSON is used and not a netlink
 * library: it is on every host that has networks for containers, and it is asked once per sandbox.
 *
 * @throws NetworkError
 */
export async function listInterfaces(
  netNsPath: string,
  run: CommandRunner = runCommand,
): Promise<readonly NetworkInterface[]> {
  const text = await run(['nsenter', `--net=${netNsPath}`, 'ip', '-json', '-details', 'address'], netNsPath);
  const parsed = IpAddressOutput.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new NetworkError(
      'unreadable',
      `cannot read the interfaces of ${netNsPath}: ${parsed.error.message}`,
      {
        facts: { path: netNsPath },
      },
    );
  }
  return parsed.data.flatMap((link) => {
    if (link.ifname === undefined || link.link_type === 'loopback') return [];
    const kind = link.linkinfo?.info_kind;
    return {
      name: link.ifname,
      ...(kind === undefined ? {} : { kind }),
      mac: link.address,
      mtu: link.mtu,
      addresses: link.addr_info.flatMap(({ local, prefixlen }) =>
        local === undefined || prefixlen === undefined ? [] : [`${local}/${prefixlen}`],
      ),
    };
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
