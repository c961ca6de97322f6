import { duplexPair } from 'node:stream';
import { AgentService, Health } from '@hako/agent-protocol';
import { createAgentServer, type Machine } from '@hako/guest-agent';
import { TtrpcClient } from '@hako/ttrpc';

// Of the machine only what the calls below need; in a guest it is the real one.
const machine = {
  setClock: (seconds: bigint) => console.log(`clock set to ${seconds} s`),
} as Partial<Machine> as Machine;

const [host, guest] = duplexPair();
createAgentServer({
  machine,
  destroyed: () => console.log('powers off now'),
  bootTimes: () => ({ agentStartMs: 410, agentReadyMs: 560 }),
}).serve(guest);

const client = new TtrpcClient(host);
const agent = client.service(AgentService);
console.log(await client.service(Health).check({}));
await agent.setGuestDateTime({ Sec: 1_900_000_000n, Usec: 0n });
const { agentDetails } = await agent.getGuestDetails({});
console.log(agentDetails?.extraFeatures.join(' '));
try {
  await agent.waitProcess({ containerId: 'web', execId: 'web' });
} catch (error) {
  console.log(String(error));
}
client.close();
