import { defineConfig } from 'vitest/config';

/** Needs a built guest, so it is no part of the unit tests. Run: vitest run --root packages/guest-agent/test/vm */
export default defineConfig({
  ssr: { resolve: { conditions: ['@hako/source'] } },
  test: { name: 'guest-agent-vm', include: ['*.vm.ts'], testTimeout: 120_000, hookTimeout: 180_000 },
});
