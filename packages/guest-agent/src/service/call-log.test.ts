import { expect, test } from 'vitest';
import type { LogLevel } from '../agent-words.ts';
import { withCallLog } from './call-log.ts';

interface Request {
  readonly containerId?: string;
  readonly execId?: string;
  readonly env?: readonly string[];
}

function logged(level: LogLevel) {
  const lines: string[] = [];
  let nowMs = 100;
  const handlers = {
    createSandbox: async (_request: Request) => ({}),
    execProcess: async (_request: Request) => {
      nowMs += 12.34;
      return { pid: 7 };
    },
    startContainer: (_request: Request): object => {
      throw new Error('no such program');
    },
    readStdout: async (_request: Request) => ({ data: 'x' }),
  };
  const wrapped = withCallLog(handlers, {
    level,
    print: (line) => lines.push(line),
    nowMs: () => nowMs,
  });
  return { lines, handlers, wrapped };
}

test('nothing is wrapped below debug', () => {
  const { handlers, wrapped } = logged('info');
  expect(wrapped).toBe(handlers);
});

test('debug tells what ended, how, and how long it took; nothing of what was asked but the ids', async () => {
  const { lines, wrapped } = logged('debug');
  await wrapped.createSandbox({});
  expect(await wrapped.execProcess({ containerId: 'box', execId: 'e1', env: ['SECRET=1'] })).toEqual({
    pid: 7,
  });
  await expect(async () => wrapped.startContainer({ containerId: 'box', execId: 'box' })).rejects.toThrow(
    'no such program',
  );
  await wrapped.readStdout({ containerId: 'box' });
  expect(lines).toEqual([
    'createSandbox took 0.0 ms',
    'execProcess of box e1 took 12.3 ms',
    'startContainer of box failed after 0.0 ms: no such program',
  ]);
});

test('trace tells beginnings too, and the calls that wait', async () => {
  const { lines, wrapped } = logged('trace');
  await wrapped.readStdout({ containerId: 'box', execId: 'e1' });
  expect(lines).toEqual(['readStdout of box e1 begins', 'readStdout of box e1 took 0.0 ms']);
});
