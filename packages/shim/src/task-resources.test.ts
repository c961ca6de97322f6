import { expect, test } from 'vitest';
import { RESOURCES_TYPE, readTaskResources, taskResources } from './task-resources.ts';

test('limits go there and back exactly', async () => {
  const resources = { memory: { limit: 9_223_372_036_854_775_807n }, cpu: { quota: -1 } };
  expect(await readTaskResources(taskResources(resources))).toEqual(resources);
});

test('another type, none, and bad members are refused by name', async () => {
  await expect(readTaskResources(undefined)).rejects.toMatchObject({ code: 'bad-request' });
  const value = new TextEncoder().encode('{"memory":{"limit":"much"},"pids":7}');
  await expect(readTaskResources({ typeUrl: 'x.Y', value })).rejects.toThrow('"x.Y"');
  await expect(readTaskResources({ typeUrl: RESOURCES_TYPE, value })).rejects.toThrow(
    /memory\.limit[\s\S]*pids/,
  );
});
