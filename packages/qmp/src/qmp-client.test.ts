import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { unknown } from '@hako/shape';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { QmpCommand } from './commands.ts';
import { cont, defineUncheckedCommand, queryStatus, stop } from './commands.ts';
import { getDescriptor } from './descriptor-commands.ts';
import { QmpClient, type QmpClientOptions } from './qmp-client.ts';

const greeting = {
  QMP: { version: { qemu: { major: 7, minor: 2, micro: 22 }, package: '' }, capabilities: ['oob'] },
};
const echo: QmpCommand<{ readonly value: number }, unknown> = defineUncheckedCommand('echo', unknown);

/** The other side of the connection: reads what the client sends, says what the test tells it to. */
class Peer {
  readonly stream: Duplex;
  readonly #lines: string[] = [];
  #partial = '';
  constructor(stream: Duplex) {
    this.stream = stream;
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const parts = (this.#partial + text).split('\n');
      this.#partial = parts.pop() ?? '';
      this.#lines.push(...parts);
      stream.emit('lines');
    });
  }
  async request(): Promise<{ execute: string; arguments?: { value?: number }; id: number }> {
    while (this.#lines.length === 0) await once(this.stream, 'lines');
    return JSON.parse(this.#lines.shift() ?? '');
  }
  say(...messages: unknown[]): void {
    this.stream.write(messages.map((message) => `${JSON.stringify(message)}\r\n`).join(''));
  }
  async negotiate(): Promise<void> {
    this.say(greeting);
    const { execute, id } = await this.request();
    expect(execute).toBe('qmp_capabilities');
    this.say({ return: {}, id });
  }
}

let peer: Peer;
let stream: Duplex;
beforeEach(() => {
  const [ours, theirs] = duplexPair();
  stream = ours;
  peer = new Peer(theirs);
});
afterEach(() => {
  stream.destroy();
  peer.stream.destroy();
});

async function connected(options?: QmpClientOptions): Promise<QmpClient> {
  const [client] = await Promise.all([QmpClient.connect(stream, options), peer.negotiate()]);
  return client;
}

test('a session: greeting, capabilities, command, reply', async () => {
  const client = await connected();
  expect(client.version).toMatchObject({ major: 7, minor: 2, micro: 22 });
  const status = client.execute(queryStatus);
  const { execute, id } = await peer.request();
  expect(execute).toBe('query-status');
  peer.say({ return: { status: 'running', running: true, singlestep: false }, id });
  expect(await status).toMatchObject({ status: 'running', running: true });
});

test('overlapping commands get their own replies, whatever the order and chunking', async () => {
  const client = await connected();
  const replies = Promise.all([1, 2, 3].map((value) => client.execute(echo, { value })));
  const requests = [await peer.request(), await peer.request(), await peer.request()];
  const text = requests
    .toReversed()
    .map(({ id, arguments: args }) => `${JSON.stringify({ return: args?.value, id })}\n`)
    .join('');
  for (const character of text) peer.stream.write(character);
  expect(await replies).toEqual([1, 2, 3]);
});

test("QEMU's refusal is an error with its class and words, made harmless", async () => {
  const client = await connected();
  const refused = client.execute(stop);
  const { id } = await peer.request();
  peer.say({ error: { class: 'GenericError', desc: 'no \x1b[2J' }, id });
  await expect(refused).rejects.toMatchObject({
    code: 'command-failed',
    facts: { command: 'stop', qmpClass: 'GenericError', description: 'no \\x1b[2J' },
  });
});

test('a command that is not answered times out; its late reply is dropped', async () => {
  const client = await connected();
  const late = client.execute(stop, undefined, { timeoutMs: 10 });
  const { id } = await peer.request();
  await expect(late).rejects.toMatchObject({
    code: 'timeout',
    facts: { command: 'stop', timeoutMs: 10 },
  });
  peer.say({ return: {}, id });
  const next = client.execute(cont);
  peer.say({ return: {}, id: (await peer.request()).id });
  await next;
});

test('events reach every listener, between replies, until it leaves', async () => {
  const client = await connected();
  const first = client.events();
  const second = client.events();
  peer.say(
    { event: 'STOP', timestamp: { seconds: 1, microseconds: 5 } },
    { event: 'RESUME', data: { x: 1 }, timestamp: { seconds: 2, microseconds: 0 } },
  );
  expect((await first.next()).value).toEqual({ event: 'STOP', data: {}, timestampUs: 1_000_005 });
  await first.return?.();
  expect(await first.next()).toEqual({ value: undefined, done: true });
  const seen: string[] = [];
  for await (const { event } of second) {
    seen.push(event);
    if (event === 'RESUME') client.close();
  }
  expect(seen).toEqual(['STOP', 'RESUME']);
});

test('a listener that does not read is told, and costs bounded memory', async () => {
  const client = await connected();
  const events = client.events();
  for (let count = 0; count < 1025; count++) peer.say({ event: 'FLOOD' });
  const status = client.execute(queryStatus);
  peer.say({ return: { status: 'running', running: true }, id: (await peer.request()).id });
  await status;
  let read = 0;
  await expect(
    (async () => {
      for await (const _event of events) read++;
    })(),
  ).rejects.toMatchObject({ code: 'protocol' });
  expect(read).toBe(1024);
});

test('the end of the connection rejects what is pending and what comes later', async () => {
  const client = await connected();
  const pending = client.execute(stop);
  await peer.request();
  peer.stream.end();
  await expect(pending).rejects.toMatchObject({ code: 'closed', facts: { command: 'stop' } });
  await expect(client.execute(cont)).rejects.toMatchObject({ code: 'closed' });
  expect(await client.closed).toMatchObject({ code: 'closed' });
  expect(await client.events().next()).toEqual({ value: undefined, done: true });
});

test.each([
  ['a message that is too long', 'x'.repeat(200)],
  ['no JSON', 'hello\n'],
  ['no object', '[1]\n'],
  ['a reply to nothing', '{"return":{},"id":99}\n'],
  ['a reply without id', '{"return":{}}\n'],
  ['a second greeting', `${JSON.stringify(greeting)}\n`],
  ['an error without words', '{"error":{},"id":2}\n'],
])('%s ends the connection', async (_name, text) => {
  const client = await connected({ maxMessageBytes: 180 });
  const pending = client.execute(stop);
  await peer.request();
  peer.stream.write(text);
  await expect(pending).rejects.toMatchObject({ code: 'protocol' });
  expect(await client.closed).toMatchObject({ code: 'protocol' });
  expect(stream.destroyed).toBe(true);
});

test('a reply of the wrong shape is an error of that command alone', async () => {
  const client = await connected();
  const status = client.execute(queryStatus);
  peer.say({ return: { status: 'dancing', running: true }, id: (await peer.request()).id });
  await expect(status).rejects.toMatchObject({ code: 'protocol' });
  const next = client.execute(cont);
  peer.say({ return: {}, id: (await peer.request()).id });
  await next;
});

test.each([
  ['no greeting', undefined, 'timeout'],
  ['another greeting', { QMP: { version: 7 } }, 'protocol'],
])('%s fails the connect', async (_name, message, code) => {
  const connecting = QmpClient.connect(stream, { timeoutMs: 20 });
  if (message !== undefined) peer.say(message);
  await expect(connecting).rejects.toMatchObject({ code });
  expect(stream.destroyed).toBe(true);
});

test('a descriptor goes with exactly its command, after what was written before', async () => {
  const sent: [number, string][] = [];
  const whenSent = Promise.withResolvers<void>();
  const sendDescriptor = (fd: number, text: string): void => {
    sent.push([fd, text]);
    whenSent.resolve();
  };
  const client = await connected({ sendDescriptor });
  const first = client.execute(queryStatus);
  const second = client.execute(getDescriptor, { fdname: 'tap' }, { descriptor: 7 });
  const { id } = await peer.request();
  peer.say({ return: { status: 'running', running: true }, id });
  await first;
  await whenSent.promise;
  expect(sent).toEqual([[7, expect.stringMatching(/^\{"execute":"getfd".*\}\n$/)]]);
  peer.say({ return: {}, id: id + 1 });
  await second;
});

test('without a way to send descriptors the command fails, and the connection goes on', async () => {
  const client = await connected();
  const refused = client.execute(getDescriptor, { fdname: 'tap' }, { descriptor: 7 });
  await expect(refused).rejects.toMatchObject({ code: 'closed' });
  const status = client.execute(queryStatus);
  const { id } = await peer.request();
  peer.say({ return: { status: 'running', running: true }, id });
  await status;
});
