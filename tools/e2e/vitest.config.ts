import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['@hako/source'] } },
  test: {
    name: 'e2e',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: './src/preconditions.ts',
    setupFiles: './src/show-logs.ts',
    // One virtual machine at a time: under software emulation each takes a whole CPU.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
