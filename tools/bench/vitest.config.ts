import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['@hako/source'] } },
  test: { name: 'bench', include: ['src/**/*.test.ts'] },
});
