import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { AgentService, FORWARD_PORT_KEY } from '@hako/agent-protocol';
import { expect, test, vi } from 'vitest';
import { AgentFixture } from './agent-fixture.ts';

// Real containers of the host's crun; the agent's own process adopts them as it does in a guest.

test('runs a container from create to remove', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const id = await fixture.create(['sh', '-c', 'echo out; echo err >&2; exit 7']);
  // Nothing of the user's command may have run yet.
  const output = fixture.output(id);
  await agent.startContainer({ containerId: id });
  expect(String(await output)).toBe('out\n');
  expect(String(await fixture.output(id, id, 'stderr'))).toBe('err\n');
  const waits = await Promise.all([1, 2].map(() => agent.waitProcess({ containerId: id, execId: id })));
  expect(waits.map(({ status }) => status)).toEqual([7, 7]);
  await agent.removeContainer({ containerId: id, timeout: 10 });
  expect(readdirSync(join(fixture.dir, 'run'))).toEqual([]);
  await expect(agent.waitProcess({ containerId: id, execId: id })).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('a created container does not run the command yet', async () => {
  await using fixture = new AgentFixture();
  const id = await fixture.create(['sh', '-c', 'echo > /ran']);
  expect(existsSync(join(fixture.dir, 'rootfs/ran'))).toBe(false);
  await fixture.agent.removeContainer({ containerId: id, timeout: 10 });
  expect(existsSync(join(fixture.dir, 'rootfs/ran'))).toBe(false);
});

test('a command that is not there fails the create with the message of crun', async () => {
  await using fixture = new AgentFixture();
  await expect(fixture.create(['nope'])).rejects.toMatchObject({
    code: 'internal',
    message: 'executable file `nope` not found in $PATH: No such file or directory',
  });
  expect(readdirSync(join(fixture.dir, 'run'))).toEqual([]);
  // The id is free again.
  const id = await fixture.create(['true']);
  await fixture.agent.startContainer({ containerId: id });
  expect(await fixture.agent.waitProcess({ containerId: id, execId: id })).toEqual({ status: 0 });
});

test('execs, many at once and one that is not there', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['sleep', '1000']);
  await agent.startContainer({ containerId });
  const results = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const execId = `exec-${index}`;
      await agent.execProcess({
        containerId,
        execId,
        process: fixture.process(['sh', '-c', `echo ${index}; exit ${index}`]),
      });
      const output = String(await fixture.output(containerId, execId));
      return [output, (await agent.waitProcess({ containerId, execId })).status];
    }),
  );
  expect(results).toEqual(Array.from({ length: 8 }, (_, index) => [`${index}\n`, index]));
  await expect(
    agent.execProcess({ containerId, execId: 'bad', process: fixture.process(['nope']) }),
  ).rejects.toMatchObject({
    message: 'executable file `nope` not found in $PATH: No such file or directory',
  });
  await expect(agent.waitProcess({ containerId, execId: 'bad' })).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('forwards to a port beside the container, and refuses what is none', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['sleep', '1000']);
  await agent.startContainer({ containerId });
  const forward = (execId: string, port: string) =>
    agent.execProcess(
      { containerId, execId, process: fixture.process(['none']) },
      { metadata: { [FORWARD_PORT_KEY]: port } },
    );
  // Answers when its client has said all, as long as the connection is open in the other direction.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    void text(socket).then((asked) => socket.end(`asked ${asked}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await forward('there', String(port));
  await agent.writeStdin({ containerId, execId: 'there', data: Buffer.from('for it') });
  await agent.closeStdin({ containerId, execId: 'there' });
  expect(String(await fixture.output(containerId, 'there'))).toBe('asked for it');
  expect(await agent.waitProcess({ containerId, execId: 'there' })).toEqual({ status: 0 });

  // One that stays does not keep the container.
  await forward('stays', String(port));
  await agent.removeContainer({ containerId, timeout: 10 });
  const closed = once(server, 'close');
  server.close();
  await closed;

  const other = await fixture.create(['sleep', '1000']);
  await agent.startContainer({ containerId: other });
  const call = { containerId: other, execId: 'gone', process: fixture.process(['none']) };
  await agent.execProcess(call, { metadata: { [FORWARD_PORT_KEY]: String(port) } });
  expect(String(await fixture.output(other, 'gone'))).toBe('');
  expect((await agent.waitProcess({ containerId: other, execId: 'gone' })).status).not.toBe(0);
  for (const word of ['0', '65536', '8080x', '']) {
    await expect(agent.execProcess(call, { metadata: { [FORWARD_PORT_KEY]: word } })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  }
});

test('carries binary data both ways, slowly read, with nothing lost', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['cat']);
  const request = { containerId, execId: containerId };
  await agent.startContainer({ containerId });
  const sent = randomBytes(3 << 20);
  const write = async (): Promise<void> => {
    for (let at = 0; at < sent.length; at += 300_000) {
      const data = sent.subarray(at, at + 300_000);
      expect(await agent.writeStdin({ ...request, data })).toEqual({ len: data.length });
    }
    // An empty write is the end.
    await agent.writeStdin({ ...request, data: new Uint8Array() });
  };
  const [received] = await Promise.all([fixture.output(containerId), write()]);
  expect(createHash('md5').update(received).digest('hex')).toBe(createHash('md5').update(sent).digest('hex'));
  expect(await agent.waitProcess(request)).toEqual({ status: 0 });
  await expect(agent.writeStdin({ ...request, data: sent })).rejects.toMatchObject({
    code: 'failed-precondition',
  });
});

test('streams end when the process does, even when another one keeps them open', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['sleep', '1000']);
  await agent.startContainer({ containerId });
  await agent.execProcess({
    containerId,
    execId: 'parent',
    process: fixture.process(['sh', '-c', 'sleep 1000 & echo done']),
  });
  const before = performance.now();
  expect(String(await fixture.output(containerId, 'parent'))).toBe('done\n');
  await fixture.output(containerId, 'parent', 'stderr');
  expect(performance.now() - before).toBeLessThan(1500);
  expect(await agent.waitProcess({ containerId, execId: 'parent' })).toEqual({ status: 0 });
});

test('signals: one process, the first one without a handler, all', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['sleep', '1000']);
  await expect(agent.signalProcess({ containerId, execId: 'none', signal: 9 })).rejects.toMatchObject({
    code: 'not-found',
  });
  await agent.startContainer({ containerId });
  await agent.execProcess({ containerId, execId: 'e', process: fixture.process(['sleep', '1000']) });
  await agent.signalProcess({ containerId, execId: 'e', signal: 15 });
  expect(await agent.waitProcess({ containerId, execId: 'e' })).toEqual({ status: 143 });
  // It has ended: nothing to signal, and nothing wrong.
  await agent.signalProcess({ containerId, execId: 'e', signal: 15 });
  await expect(agent.signalProcess({ containerId, execId: containerId, signal: 99 })).rejects.toMatchObject({
    code: 'invalid-argument',
  });
  await agent.signalProcess({ containerId, execId: containerId, signal: 15 });
  expect(await agent.waitProcess({ containerId, execId: containerId })).toEqual({ status: 137 });
});

test('remove kills what is left and ends what waits', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['sleep', '1000']);
  await agent.startContainer({ containerId });
  const read = agent.readStdout({ containerId, execId: containerId, len: 10 });
  const wait = agent.waitProcess({ containerId, execId: containerId });
  await agent.removeContainer({ containerId, timeout: 10 });
  expect((await read).data).toHaveLength(0);
  expect(await wait).toEqual({ status: 137 });
});

test('refuses calls at the wrong moment', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['sleep', '1000']);
  const exec = { containerId, execId: 'e', process: fixture.process(['true']) };
  await expect(agent.execProcess(exec)).rejects.toMatchObject({ code: 'failed-precondition' });
  await expect(
    agent.createContainer({ containerId, execId: 'x', OCI: fixture.spec(['true']) }),
  ).rejects.toMatchObject({ code: 'already-exists' });
  await agent.startContainer({ containerId });
  await expect(agent.startContainer({ containerId })).rejects.toMatchObject({ code: 'failed-precondition' });
  await agent.execProcess({ ...exec, process: fixture.process(['sleep', '1000']) });
  await expect(agent.execProcess(exec)).rejects.toMatchObject({ code: 'already-exists' });
});

test('a read of a session that has ended takes nothing', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['cat']);
  const request = { containerId, execId: containerId };
  await agent.startContainer({ containerId });
  const session = fixture.connect();
  const read = session.service(AgentService).readStdout({ ...request, len: 10 });
  session.close();
  await expect(read).rejects.toMatchObject({ code: 'closed' });
  await vi.waitFor(() => expect(fixture.server.connectionCount).toBe(1));
  await agent.writeStdin({ ...request, data: Buffer.from('for the next reader') });
  expect(Buffer.from((await agent.readStdout({ ...request, len: 7 })).data).toString()).toBe('for the');
  expect(Buffer.from((await agent.readStdout({ ...request, len: 100 })).data).toString()).toBe(
    ' next reader',
  );
});

test('a process that does not read stops the writer until it is killed', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['sleep', '1000']);
  const request = { containerId, execId: containerId };
  await agent.startContainer({ containerId });
  const write = agent.writeStdin({ ...request, data: new Uint8Array(2 << 20) });
  let done = false;
  write.then(
    () => {
      done = true;
    },
    () => {
      done = true;
    },
  );
  // Other calls go on meanwhile.
  await agent.execProcess({ containerId, execId: 'e', process: fixture.process(['true']) });
  expect(await agent.waitProcess({ containerId, execId: 'e' })).toEqual({ status: 0 });
  expect(done).toBe(false);
  await agent.signalProcess({ ...request, signal: 9 });
  await expect(write).rejects.toMatchObject({ code: 'failed-precondition' });
});

test('removes a container while it is being used', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['sleep', '1000']);
  await agent.startContainer({ containerId });
  const execs = [0, 1, 2].map((index) =>
    agent.execProcess({ containerId, execId: `e${index}`, process: fixture.process(['sleep', '1000']) }),
  );
  const settledExecs = Promise.allSettled(execs);
  const removals = [1, 2].map(() => agent.removeContainer({ containerId, timeout: 10 }));
  const outcomes = await Promise.allSettled(removals);
  await settledExecs;
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(agent.statsContainer({ containerId })).rejects.toMatchObject({ code: 'not-found' });
  expect(readdirSync(join(fixture.dir, 'run'))).toEqual([]);
});

test('a stopped container can be asked and removed, but not started again', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['true']);
  await agent.startContainer({ containerId });
  expect(await agent.waitProcess({ containerId, execId: '' })).toEqual({ status: 0 });
  expect(await agent.waitProcess({ containerId, execId: containerId })).toEqual({ status: 0 });
  await expect(agent.startContainer({ containerId })).rejects.toMatchObject({ code: 'failed-precondition' });
  await expect(
    agent.execProcess({ containerId, execId: 'e', process: fixture.process(['true']) }),
  ).rejects.toMatchObject({ code: 'failed-precondition' });
  await expect(agent.pauseContainer({ containerId })).rejects.toMatchObject({ code: 'failed-precondition' });
  await agent.removeContainer({ containerId, timeout: 10 });
  await expect(agent.removeContainer({ containerId, timeout: 10 })).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('containers and execs have random addresses, although crun itself runs without', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['sh', '-c', 'cat /proc/self/personality; exec sleep 1000']);
  await agent.startContainer({ containerId });
  const { data } = await agent.readStdout({ containerId, execId: containerId, len: 100 });
  expect(Buffer.from(data).toString()).toBe('00000000\n');
  const process = fixture.process(['cat', '/proc/self/personality']);
  await agent.execProcess({ containerId, execId: 'e', process });
  expect(String(await fixture.output(containerId, 'e'))).toBe('00000000\n');
});
