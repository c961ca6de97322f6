// Compiled as hako is, and run in the guest, whose kernel has vsock: reaches the server beside it, or the port that is named.
import { AgentService, Health } from '@hako/agent-protocol';
import { connectVsock, type PosixError } from '@hako/posix';
import { TtrpcClient } from '@hako/ttrpc';

const BYTES = 1 << 20;
const ITSELF = 1;
const reach = async (port: number, timeoutMs = 30_000) =>
  new TtrpcClient(await connectVsock({ contextId: ITSELF, port }, { timeoutMs }));
const refused = async (port: number) => {
  const client = await reach(port);
  const answer = client.service(Health).check({});
  console.log(
    'refused',
    await answer.then(
      () => 'no',
      ({ code }: { code: string }) => code,
    ),
  );
};

const [only] = process.argv.slice(2);
if (only !== undefined) {
  await refused(Number(only));
  process.exit(0);
}
const client = await reach(1025);
const agent = client.service(AgentService);
const { data } = await agent.readStdout({ containerId: 'c', execId: 'c', len: BYTES });
const { len } = await agent.writeStdin({
  containerId: 'c',
  execId: 'c',
  data: new Uint8Array(BYTES).fill(1),
});
console.log('served', data.length === BYTES && data.every((byte) => byte === 7), len === BYTES);
client.close();

const second = await reach(1025);
console.log('served again', (await second.service(Health).check({})).status);
second.close();

// Who is not the host.
await refused(1026);
console.log(
  'nobody there',
  await reach(1027, 300).then(
    () => 'no',
    ({ code, cause }: PosixError) => `${code} ${(cause as PosixError).code}`,
  ),
);
process.exit(0);
