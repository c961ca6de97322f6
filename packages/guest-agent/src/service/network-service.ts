import { ROUTE_PRIORITIES_KEY, routePrioritiesFromText } from '@hako/agent-protocol';
import { AgentError } from '../agent-error.ts';
import { GuestNetwork } from '../network/guest-network.ts';
import { Iptables } from '../network/iptables.ts';
import type { Machine } from '../system/machine.ts';
import type { AgentHandlers } from './handlers.ts';

/** Driver of the VM's network cards, with its dependencies as modprobe knows them. */
const CARD_MODULES = ['virtio_net'];

/** Calls about the guest's network. */
export function networkHandlers(
  machine: Machine,
  { prepared, runDir }: { readonly prepared: () => Promise<void>; readonly runDir: string },
): AgentHandlers {
  const network = new GuestNetwork((request) => machine.netlink(request));
  const iptables = new Iptables(machine, runDir);
  return {
    async updateInterface({ interface: wanted }) {
      if (wanted === undefined) throw new AgentError('invalid-argument', 'interface is missing');
      await prepared();
      await machine.loadModules(CARD_MODULES);
      return await network.updateInterface(wanted);
    },
    updateRoutes({ routes }, { metadata }) {
      const text = metadata.get(ROUTE_PRIORITIES_KEY)?.[0];
      return { Routes: network.updateRoutes(routes?.Routes ?? [], prioritiesOf(text)) };
    },
    listInterfaces: () => ({ Interfaces: network.listInterfaces() }),
    listRoutes: () => ({ Routes: network.listRoutes() }),
    addARPNeighbors({ neighbors }) {
      network.addNeighbours(neighbors?.ARPNeighbors ?? []);
      return {};
    },
    async getIPTables({ isIpv6 }) {
      await prepared();
      return { data: await iptables.save(isIpv6) };
    },
    async setIPTables({ isIpv6, data }) {
      await prepared();
      return { data: await iptables.restore(isIpv6, data) };
    },
  };
}

function prioritiesOf(text: string | undefined): readonly number[] {
  if (text === undefined) return [];
  try {
    return routePrioritiesFromText(text);
  } catch (cause) {
    throw new AgentError('invalid-argument', `${ROUTE_PRIORITIES_KEY}: ${(cause as Error).message}`, {
      cause,
    });
  }
}
