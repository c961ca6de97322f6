import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Sample } from '../test/sample-service.ts';
import { TtrpcClient } from './client.ts';
import { TtrpcServer } from './server.ts';

test('a client and a server over a Unix socket, many large calls at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hako-ttrpc-'));
  const server = new TtrpcServer().register(Sample, {
    echo: (note) => note,
    park: () => new Promise<undefined>(() => {}),
  });
  const listener = createServer((socket) => server.serve(socket));
  try {
    listener.listen(join(folder, 'socket'));
    await once(listener, 'listening');
    const client = new TtrpcClient(connect(join(folder, 'socket')));
    const sample = client.service(Sample);
    const data = new Uint8Array(1 << 20).map((_, index) => index);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => sample.echo({ text: `${index}`, data })),
    );
    expect(answers.map(({ text }) => text)).toEqual(answers.map((_, index) => `${index}`));
    for (const answer of answers) expect(Buffer.compare(answer.data, data)).toBe(0);

    const parked = expect(sample.park({})).rejects.toMatchObject({ code: 'closed' });
    server.close();
    await parked;
    await client.closed;
    await expect(sample.echo({})).rejects.toMatchObject({ code: 'closed' });
  } finally {
    listener.close();
    rmSync(folder, { recursive: true });
  }
});

test('nobody listens: the call and closed have the cause', async () => {
  const client = new TtrpcClient(connect('/nonexistent/hako.sock'));
  await expect(client.service(Sample).echo({})).rejects.toMatchObject({
    code: 'closed',
    cause: { code: 'ENOENT' },
  });
  expect((await client.closed).cause).toMatchObject({ code: 'ENOENT' });
});
