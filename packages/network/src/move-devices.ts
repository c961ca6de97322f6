import type { LinkOutput } from './iproute2-output.ts';
import { linksOutput, readOutput } from './iproute2-output.ts';
import { linuxNamespace } from './linux-namespace.ts';
import type { Namespace } from './namespace.ts';
import { NetworkError } from './network-error.ts';
import { runProgram } from './run-program.ts';

/** A network device of this process's namespace, and what it is to be called in the other. */
export interface DeviceMove {
  readonly name: string;
  /** May have `%d`, for which the kernel puts a number. */
  readonly nameInside: string;
}

/** Where devices are moved from: `ip` of this process's own namespace, and the pid by which it is named. */
export interface HostNetwork {
  readonly pid: number;
  /** @throws NetworkError */
  ip(args: readonly string[]): Promise<string>;
}

/** Puts devices that were moved back where they were. One that is gone meanwhile is passed over. */
export type MoveBack = () => Promise<void>;

/**
 * Moves network devices into a namespace, with their permanent addresses of global scope, and sets them up there
 * (config-linux.md, "Network Devices"). Whoever takes them out again is the namespace's end, not hako; only where something
 * fails right after, `MoveBack` leaves everything as if it had not been tried.
 *
 * @throws NetworkError `refused` for a device that is not there, or a name that is there already; nothing is moved then
 */
export async function moveDevices(
  moves: readonly DeviceMove[],
  path: string,
  inside: Pick<Namespace, 'ip'> = linuxNamespace(path),
  host: HostNetwork = hostNetwork(path),
): Promise<MoveBack> {
  const moved: MoveBack[] = [];
  const moveBack = async (): Promise<void> => {
    for (const back of moved.splice(0).toReversed()) await back().catch(() => {});
  };
  try {
    for (const move of moves) moved.push(await moveDevice(move, path, inside, host));
  } catch (error) {
    await moveBack();
    throw error;
  }
  return moveBack;
}

async function moveDevice(
  { name, nameInside }: DeviceMove,
  path: string,
  inside: Pick<Namespace, 'ip'>,
  host: HostNetwork,
): Promise<MoveBack> {
  const shown = await host.ip(['-json', 'address', 'show', 'dev', name]);
  const [link] = readOutput(linksOutput, shown, 'the host');
  const addresses = addressesOf(link);
  const before = await namesIn(inside, path);
  if (before.includes(nameInside)) {
    throw new NetworkError('refused', `there is a network device ${nameInside} in ${path} already`, {
      facts: { path, interface: nameInside },
    });
  }
  await host.ip(['link', 'set', 'dev', name, 'netns', path, 'name', nameInside]);
  const after = await namesIn(inside, path);
  // Of a name with `%d` only the kernel knows what became of it.
  const now = after.find((each) => !before.includes(each)) ?? nameInside;
  const back: MoveBack = async () => {
    await inside.ip(['link', 'set', 'dev', now, 'netns', String(host.pid), 'name', name]);
    await bringUp(host, name, addresses, link?.flags?.includes('UP') === true);
  };
  try {
    await bringUp(inside, now, addresses, true);
  } catch (error) {
    await back().catch(() => {});
    throw error;
  }
  return back;
}

/** Addresses that are neither leased nor of a link only. */
function addressesOf(link: LinkOutput | undefined): readonly string[] {
  return (link?.addr_info ?? []).flatMap(({ local, prefixlen, scope, dynamic }) =>
    local === undefined || prefixlen === undefined || scope !== 'global' || dynamic === true
      ? []
      : [`${local}/${prefixlen}`],
  );
}

async function bringUp(
  namespace: Pick<Namespace, 'ip'>,
  name: string,
  addresses: readonly string[],
  up: boolean,
): Promise<void> {
  for (const address of addresses) {
    // It was the only one to have it before.
    const nodad = address.includes(':') ? ['nodad'] : [];
    await namespace.ip(['address', 'add', address, 'dev', name, ...nodad]);
  }
  if (up) await namespace.ip(['link', 'set', 'dev', name, 'up']);
}

async function namesIn(namespace: Pick<Namespace, 'ip'>, path: string): Promise<readonly string[]> {
  const links = readOutput(linksOutput, await namespace.ip(['-json', 'link', 'show']), path);
  return links.flatMap(({ ifname }) => ifname ?? []);
}

function hostNetwork(path: string): HostNetwork {
  return {
    pid: process.pid,
    ip: async (args) => {
      const { exitCode, stdout, stderr, missing } = await runProgram(['ip', ...args]);
      if (exitCode === 0) return stdout;
      throw new NetworkError(
        missing ? 'tool-missing' : 'refused',
        missing
          ? 'moving a network device takes ip (package iproute2)'
          : `a network device cannot be moved into ${path}: ${stderr.trim().replaceAll('\n', '; ')}`,
        { facts: { path } },
      );
    },
  };
}
