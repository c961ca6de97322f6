// Compiled by @hako/engine, as the agent is, and run in the guest: listens as the agent does where it has no port.
import { AgentService, Health } from '@hako/agent-protocol';
import { TtrpcServer } from '@hako/ttrpc';
import { engineLibc as libc } from '../../src/system/libc-engine.ts';
import { EnginePoller } from '../../src/system/poller-engine.ts';
import { serveVsock } from '../../src/system/vsock-listener.ts';

const poller = new EnginePoller(libc);
const server = new TtrpcServer().register(Health, { check: () => ({ status: 1 }) }).register(AgentService, {
  // More than a socket holds at once, both ways.
  writeStdin: ({ data }) => ({ len: data.reduce((sum, byte) => sum + byte, 0) }),
  readStdout: ({ len }) => ({ data: new Uint8Array(len).fill(7) }),
});
const WHOEVER_IS_HERE = 1;
serveVsock({ libc, poller }, 1025, server, WHOEVER_IS_HERE);
serveVsock({ libc, poller }, 1026, server);
