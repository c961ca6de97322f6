import { defineConfig } from 'vitest/config';

// Tests that need neither root nor a build. Those of packed packages and of real virtual machines run by themselves.
export default defineConfig({
  test: {
    projects: [
      'packages/*',
      'tools/*/vitest.config.ts',
      '!tools/e2e',
      '!tools/workspace-checks',
      '!tools/browser-tests',
    ],
  },
});
