import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { HypervisorConfig } from '@hako/config';
import { describeExit } from '../child.ts';
import { type QemuCommandLine, qemuCommandLine } from '../command-line.ts';
import { guestDirectory, probeInitrdName } from '../guest-manifest.ts';
import { type QemuProcess, startQemu } from '../qemu-process.ts';

/**
 * How long the kernel may take from QEMU's start to its first word. A working KVM needs well under a second; nested ones and
 * loaded hosts a few. A guest that hangs is found out after this time, once per boot of the host.
 */
export const probeDeadlineMs = 5000;

/** What the probe guest writes to the agent's port once it runs. */
const readyByte = 0x52;

export interface ProbeResult {
  readonly works: boolean;
  /** What was tried and what came of it, for people. */
  readonly reason: string;
}

export interface ProbeOptions {
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Which accelerator to try. Default `kvm`; `tcg` shows that the probe itself works. */
  readonly accelerator?: 'kvm' | 'tcg';
}

/**
 * Boots the configured kernel with the probe guest under KVM and waits for its one byte. Resolves whatever happens to the guest;
 * QEMU is dead and its files are gone by then. Rejects only when the signal aborts or a temporary directory cannot be made.
 */
export async function probeKvm(config: HypervisorConfig, options: ProbeOptions = {}): Promise<ProbeResult> {
  const { deadlineMs = probeDeadlineMs, signal, accelerator = 'kvm' } = options;
  const runtimeDir = await mkdtemp(join(tmpdir(), 'hako-probe-'));
  const tried = `booting ${config.kernel} under ${accelerator}`;
  let qemu: QemuProcess | undefined;
  try {
    signal?.throwIfAborted();
    qemu = await startQemu(await probeLine(config, runtimeDir, accelerator), runtimeDir);
    const outcome = await Promise.race([
      readsByte(qemu),
      qemu.child.exited,
      delay(deadlineMs, 'late' as const, { ref: false, ...(signal === undefined ? {} : { signal }) }),
    ]);
    if (outcome === 'ready') return { works: true, reason: `${tried} worked` };
    if (outcome === 'late')
      return { works: false, reason: `${tried} gave no sign of life within ${deadlineMs / 1000} s` };
    const [lastWord] = qemu.child.stderrTail.slice(-1);
    const detail = lastWord === undefined ? '' : `: ${lastWord}`;
    return { works: false, reason: `${tried} failed: ${config.path} ${describeExit(outcome)}${detail}` };
  } catch (error) {
    signal?.throwIfAborted();
    return {
      works: false,
      reason: `${tried} could not be tried: ${error instanceof Error ? error.message : String(error)}`,
    };
  } finally {
    await qemu?.end();
    await rm(runtimeDir, { recursive: true, force: true });
  }
}

async function readsByte(qemu: QemuProcess): Promise<'ready'> {
  return await new Promise((resolve) => {
    qemu.agentChannel.on('data', (chunk: Uint8Array) => {
      if (chunk[0] === readyByte) resolve('ready');
    });
  });
}

/** The machine that is wanted, less what the probe guest does not use. */
async function probeLine(
  config: HypervisorConfig,
  runtimeDir: string,
  accelerator: 'kvm' | 'tcg',
): Promise<QemuCommandLine> {
  const folder = guestDirectory(config);
  const hypervisor: HypervisorConfig = {
    ...config,
    image: '',
    initrd: join(folder, probeInitrdName),
    defaultVcpus: 1,
    defaultMaxVcpus: 1,
    defaultMemoryMib: Math.min(config.defaultMemoryMib, 256),
    fileMemBackend: '',
    useVsock: false,
  };
  const vm = { id: 'probe', runtimeDir, hypervisor, kernelParams: config.kernelParams, shares: [] };
  return await qemuCommandLine(vm, accelerator, { guestFolder: folder });
}
