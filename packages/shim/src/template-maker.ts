import { setPriority } from 'node:os';
import { QemuHypervisor } from '@hako/hypervisor-qemu';
import type { SandboxConfig } from '@hako/oci-translate';
import { makeTemplate, posixHost, TemplateStore } from '@hako/sandbox';
import { spawnSelf } from './spawn-self.ts';

/** Word that makes this program the maker of a template. */
export const TEMPLATE_MAKER = 'template-maker';

/** It takes what the machines that somebody waits for leave of the processors. */
const NICENESS = 10;

/**
 * Starts this program as the maker of a template for sandboxes of that configuration. It outlives us, and holds nothing of ours.
 *
 * @param started called with its pid before it begins
 */
export function startTemplateMaker(config: SandboxConfig, started: (pid: number) => void): void {
  const child = spawnSelf([TEMPLATE_MAKER], { cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] });
  // What cannot be started makes nothing; the next sandbox tries again.
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  if (child.pid === undefined) return;
  started(child.pid);
  child.stdin?.end(JSON.stringify(config));
  child.unref();
}

/** The maker: reads the configuration from stdin. What keeps it from making one is noted in the store. */
export async function templateMaker(): Promise<number> {
  setPriority(NICENESS);
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  const config = JSON.parse(Buffer.concat(pieces).toString()) as SandboxConfig;
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
  await makeTemplate({
    config,
    store: new TemplateStore(config.factory.templatePath),
    hypervisor: new QemuHypervisor(),
    host: posixHost(),
    signal: ending.signal,
  });
  return 0;
}
