import { readdirSync } from 'node:fs';
import { duplexPair } from 'node:stream';
import { streamChannel } from '@hako/ttrpc';
import { expect, onTestFinished, test, vi } from 'vitest';
import { DebugConsole } from '../src/debug-console.ts';
import { hostParts } from './host-machine.ts';

test('a shell with a terminal of its own; its end ends the session, and the host that leaves ends the shell', async () => {
  const { libc, poller, machine } = hostParts();
  const ended: number[] = [];
  const console = new DebugConsole({
    libc,
    poller,
    machine: {
      run: async (command) => {
        const status = await machine.run(command);
        ended.push(status);
        return status;
      },
      mountImage: async () => {},
    },
    prepared: async () => {},
  });
  const session = () => {
    const [here, there] = duplexPair();
    onTestFinished(() => void here.destroy());
    let text = '';
    here.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
    console.serve(streamChannel(there));
    return { here, text: () => text };
  };
  const before = readdirSync('/proc/self/fd').length;
  const first = session();
  first.here.write('tty; echo $((40 + 2)); printf "\\004;"; exit 3\n');
  await vi.waitFor(() => expect(first.text()).toMatch(/\/dev\/pts\/\d+\r\n42\r\n/), 10_000);
  await vi.waitFor(() => expect(first.text().endsWith('\r\n\x04\x04;\x04\0')).toBe(true), 10_000);
  await vi.waitFor(() => expect(ended).toEqual([3]), 10_000);
  const second = session();
  second.here.write('echo there\n');
  await vi.waitFor(() => expect(second.text()).toMatch(/there\r\n.*there\r\n/), 10_000);
  second.here.destroy();
  await vi.waitFor(() => expect(ended).toHaveLength(2), 10_000);
  await vi.waitFor(() => expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before), 10_000);
});
