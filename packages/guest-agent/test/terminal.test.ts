import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AgentFixture } from './agent-fixture.ts';

// Real containers of the host's crun, with terminals from their own devpts.

const text = (bytes: string): Uint8Array => Buffer.from(bytes);

test('a first process has the container’s own terminal, with its size, signals and end of input', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const script =
    'tty; trap "stty size" WINCH; echo ready; while :; do read -r line || exit 9; echo "got $line"; done';
  const id = await fixture.create(['sh', '-c', script], 'tty', true);
  await agent.ttyWinResize({ containerId: id, execId: id, row: 33, column: 121 });
  await agent.startContainer({ containerId: id });
  const seen = new Output(fixture, id);
  expect(await seen.until('ready')).toContain('/dev/pts/0\r\n');
  await agent.writeStdin({ containerId: id, execId: id, data: text('word\r') });
  await seen.until('got word');
  await agent.ttyWinResize({ containerId: id, execId: id, row: 40, column: 100 });
  await seen.until('40 100');
  await agent.closeStdin({ containerId: id, execId: id });
  expect((await agent.waitProcess({ containerId: id, execId: id })).status).toBe(9);
  await seen.end();
  expect(await agent.readStderr({ containerId: id, execId: id, len: 10 })).toMatchObject({
    data: new Uint8Array(0),
  });
  expect(readdirSync(join(fixture.dir, 'run')).filter((name) => name.startsWith('console'))).toEqual([]);
});

test('Ctrl-C reaches the foreground process of an exec’s terminal', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['sleep', '1000']);
  await agent.startContainer({ containerId });
  // A signal that comes while the shell begins to wait is seen at the end of what it waits for.
  const process = fixture.process(
    ['sh', '-c', 'trap "exit 5" INT; echo up; while :; do sleep 1; done'],
    true,
  );
  await agent.execProcess({ containerId, execId: 'e', process });
  const seen = new Output(fixture, containerId, 'e');
  await seen.until('up');
  await agent.writeStdin({ containerId, execId: 'e', data: text('\u0003') });
  expect((await agent.waitProcess({ containerId, execId: 'e' })).status).toBe(5);
  await seen.end();
});

test('input within a line, then its end, is read to its end', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['sleep', '1000']);
  await agent.startContainer({ containerId });
  await agent.execProcess({ containerId, execId: 'e', process: fixture.process(['wc', '-c'], true) });
  await agent.writeStdin({ containerId, execId: 'e', data: text('abc') });
  await agent.closeStdin({ containerId, execId: 'e' });
  expect(String(await fixture.output(containerId, 'e'))).toContain('3\r\n');
  expect((await agent.waitProcess({ containerId, execId: 'e' })).status).toBe(0);
});

test('a process without a terminal has no size; one whose command is not there leaves no socket', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['sleep', '1000']);
  await agent.startContainer({ containerId });
  await expect(
    agent.ttyWinResize({ containerId, execId: containerId, row: 1, column: 1 }),
  ).rejects.toMatchObject({ code: 'failed-precondition' });
  await expect(
    agent.execProcess({ containerId, execId: 'e', process: fixture.process(['nope'], true) }),
  ).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('nope') });
  await expect(fixture.create(['nope'], 'n', true)).rejects.toMatchObject({ code: 'internal' });
  expect(readdirSync(join(fixture.dir, 'run'))).toEqual([containerId]);
});

test('a reader that has gone ends the writer: SIGPIPE for a pipe, SIGHUP for a terminal', async () => {
  await using fixture = new AgentFixture();
  const { agent } = fixture;
  const containerId = await fixture.create(['sleep', '1000']);
  await agent.startContainer({ containerId });
  for (const [execId, terminal, status] of [
    ['pipe', false, 128 + 13],
    ['terminal', true, 128 + 1],
  ] as const) {
    await agent.execProcess({ containerId, execId, process: fixture.process(['yes'], terminal) });
    await agent.readStdout({ containerId, execId, len: 4096 });
    await agent.readStdout({ containerId, execId, len: 0 });
    expect((await agent.waitProcess({ containerId, execId })).status).toBe(status);
  }
});

/** What a process has written so far. */
class Output {
  readonly #fixture: AgentFixture;
  readonly #containerId: string;
  readonly #execId: string;
  #text = '';

  constructor(fixture: AgentFixture, containerId: string, execId = containerId) {
    this.#fixture = fixture;
    this.#containerId = containerId;
    this.#execId = execId;
  }

  async until(part: string): Promise<string> {
    while (!this.#text.includes(part)) {
      if (!(await this.#more())) throw new Error(`no ${part} in ${JSON.stringify(this.#text)}`);
    }
    return this.#text;
  }

  async end(): Promise<void> {
    while (await this.#more());
  }

  async #more(): Promise<boolean> {
    const ids = { containerId: this.#containerId, execId: this.#execId };
    const { data } = await this.#fixture.agent.readStdout({ ...ids, len: 4096 });
    this.#text += Buffer.from(data).toString();
    return data.length > 0;
  }
}
