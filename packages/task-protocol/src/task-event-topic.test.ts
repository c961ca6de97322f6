import { expect, test } from 'vitest';
import * as protocol from './index.ts';

test('every task event of the protocol has its topic, nothing else has one', () => {
  const names = Object.values(protocol)
    .filter((value) => typeof value === 'object' && 'typeName' in value)
    .map((type) => type.typeName);
  const events = names.filter((name) => /^containerd\.events\.Task(?!IO)/.test(name));
  expect(events).toHaveLength(10);
  for (const name of names) {
    expect(protocol.topicOfTaskEvent(name) !== undefined).toBe(events.includes(name));
  }
  expect(protocol.topicOfTaskEvent('containerd.events.TaskExecAdded')).toBe('/tasks/exec-added');
  expect(protocol.topicOfTaskEvent('toString')).toBeUndefined();
});

test('version 3 is version 2 under another name', () => {
  expect(protocol.TaskServiceV3.methods).toBe(protocol.TaskServiceV2.methods);
  expect([protocol.TaskServiceV2.name, protocol.TaskServiceV3.name]).toEqual([
    'containerd.task.v2.Task',
    'containerd.task.v3.Task',
  ]);
});
