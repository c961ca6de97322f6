import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['@hako/source'] } },
  test: { name: 'shape', include: ['src/**/*.test.ts', 'test/**/*.test.ts'] },
});
