import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['@hako/source'] } },
  // One VM at a time: they share two cores with everything else.
  test: {
    name: 'hypervisor-qemu',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    fileParallelism: false,
  },
});
