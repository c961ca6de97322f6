import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

const packages = new URL('../../packages/', import.meta.url);

/** Tests of the packages of layer 0, but for those that start programs or use files to look at what a package made. */
const tests = readdirSync(packages).flatMap((name) => {
  if (!existsSync(new URL(`${name}/package.json`, packages))) return [];
  if (!read(`${name}/package.json`).includes('"layer:0"')) return [];
  return readdirSync(new URL(name, packages), { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(?:src|test)\/.*\.test\.ts$/.test(file))
    .map((file) => `${name}/${file}`)
    .filter((file) => !read(file).includes("from 'node:"));
});

function read(path: string): string {
  return readFileSync(new URL(path, packages), 'utf8');
}

// Debian's Chromium, not one that a package manager downloads. Tests run as root in containers, hence no sandbox.
export default defineConfig({
  root: packages.pathname,
  resolve: { conditions: ['@hako/source'] },
  test: {
    name: 'browser',
    include: tests,
    testTimeout: 60_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
});
