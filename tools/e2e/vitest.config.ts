import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['@hako/source'] } },
  test: {
    name: 'e2e',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: './src/preconditions.ts',
    setupFiles: './src/show-logs.ts',
    // Under software emulation a virtual machine that boots takes a whole CPU, and most tests wait for one.
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
