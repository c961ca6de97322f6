import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['@hako/source'] } },
  test: { name: 'config', testTimeout: 60_000, include: ['src/**/*.test.ts', 'test/**/*.test.ts'] },
});
