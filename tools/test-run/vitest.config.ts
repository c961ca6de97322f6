import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['@hako/source'] } },
  test: { name: 'test-run', include: ['src/**/*.test.ts'] },
});
