import { expect, test } from 'vitest';
import { configurationSchema } from './configuration-schema.ts';

test('every table and key is in the schema, with type, default and meaning', () => {
  const schema = configurationSchema();
  expect(schema).toMatchObject({
    additionalProperties: false,
    properties: {
      hypervisor: {
        properties: {
          qemu: {
            additionalProperties: false,
            properties: {
              default_memory: {
                type: 'integer',
                default: 2048,
                description: expect.stringContaining('Unit: MiB.'),
              },
              shared_fs: { enum: ['virtio-fs', 'virtio-9p', 'none'] },
              factory: { properties: { enable_template: { type: 'boolean' } } },
              seccomp_sandbox: { type: 'string' },
            },
          },
          clh: { type: 'object' },
        },
      },
      agent: {
        properties: {
          kata: { properties: { mem_agent: { type: 'object' }, dial_timeout: { default: 45 } } },
        },
      },
      proxy: { properties: { kata: {} } },
      netmon: {},
    },
  });
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
});
