import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { probeDeadlineMs, probeKvm, resolveAccelerator } from '../src/index.ts';
import { commandLine, demandRealParts, probeGuestConfig } from './support.ts';

let dir: string;
beforeAll(demandRealParts);
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hako-probe-test-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
  expect(leftovers()).toEqual([]);
});

/** Directories and processes of probes of this test. */
function leftovers(): string[] {
  const directories = readdirSync(tmpdir()).filter((name) => /^hako-probe-(?!test)/.test(name));
  const processes = readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && commandLine(pid).includes('sandbox-probe'),
  );
  return [...directories, ...processes];
}

test('the probe sees this kernel boot (shown under tcg, which always works)', {
  timeout: 120_000,
}, async () => {
  const result = await probeKvm(probeGuestConfig(), { accelerator: 'tcg', deadlineMs: 100_000 });
  expect(result).toEqual({
    works: true,
    reason: expect.stringMatching(/^booting .*vmlinux under tcg worked$/),
  });
});

test('a guest that says nothing is given up at the deadline', { timeout: 60_000 }, async () => {
  const startMs = performance.now();
  const result = await probeKvm(probeGuestConfig(), { accelerator: 'tcg', deadlineMs: 100 });
  expect(performance.now() - startMs).toBeLessThan(10_000);
  expect(result).toEqual({
    works: false,
    reason: expect.stringContaining('gave no sign of life within 0.1 s'),
  });
});

test('a QEMU that ends is told with its words', async () => {
  const config = probeGuestConfig({ machineAccelerators: 'no-such-option=1' });
  expect(await probeKvm(config, { accelerator: 'tcg' })).toEqual({
    works: false,
    reason: expect.stringMatching(/exited with status 1: .*no-such-option/),
  });
});

test('an aborted probe leaves nothing', async () => {
  const signal = AbortSignal.timeout(300);
  await expect(probeKvm(probeGuestConfig(), { accelerator: 'tcg', signal })).rejects.toThrow(
    /abort|timeout/i,
  );
});

/**
 * The real question, on this very host. What the answer is depends on it; that there is one within the deadline, that it is remembered, and
 * that nothing stays behind does not.
 */
test("the host's KVM is tried for real, and answered in time", { timeout: 60_000 }, async () => {
  const config = probeGuestConfig({ accelerator: 'auto' });
  const notices: string[] = [];
  const options = { directory: dir, onNotice: (message: string) => notices.push(message) };
  const startMs = performance.now();
  const accelerator = await resolveAccelerator(config, options);
  const firstMs = performance.now() - startMs;
  expect(firstMs).toBeLessThan(probeDeadlineMs + 5000);
  const { answers } = JSON.parse(readFileSync(join(dir, 'accelerator.2.json'), 'utf8'));
  expect(answers).toMatchObject([{ works: accelerator === 'kvm' }]);
  expect(notices).toHaveLength(accelerator === 'kvm' ? 0 : 1);
  if (!existsSync('/dev/kvm')) expect(accelerator).toMatch(/^tcg/);

  const secondMs = performance.now();
  expect(await resolveAccelerator(config, options)).toBe(accelerator);
  expect(performance.now() - secondMs).toBeLessThan(500);
  expect(notices.length).toBeLessThanOrEqual(1);
  const demanded = resolveAccelerator({ ...config, accelerator: 'kvm' }, options);
  if (accelerator === 'kvm') expect(await demanded).toBe('kvm');
  else await expect(demanded).rejects.toMatchObject({ code: 'accelerator-unavailable' });
});
