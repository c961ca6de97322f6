import { constants, statSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HypervisorConfig } from '@hako/config';
import { lockFile } from '@hako/posix';
import { guestDirectory, probeInitrdName } from '../guest-manifest.ts';
import { qemuError } from '../qemu-error.ts';
import { mayReadAndWrite, vmmUser } from '../vmm-user.ts';
import { type Accelerator, type Emulation, emulation } from './accelerator.ts';
import { type ProbeResult, probeDeadlineMs, probeKvm } from './probe-kvm.ts';
import { currentBootId, type ProbeAnswer, ProbeStore, probeKey } from './probe-store.ts';

export interface ResolveAcceleratorOptions {
  /** Where answers are remembered and probes take turns. Default `/run/hako`, or a
   * directory of the user's own for others than root. */
  readonly directory?: string;
  /** Called with why software emulation is used; once per boot of the host and kernel, by whoever found it out. */
  readonly onNotice?: (message: string) => void;
  readonly signal?: AbortSignal;
  /** How a kernel is tried; tests hand in their own. */
  readonly probe?: (config: HypervisorConfig, options: { signal?: AbortSignal }) => Promise<ProbeResult>;
  /** How a QEMU emulates; tests hand in their own. */
  readonly emulation?: (program: string) => Promise<Emulation>;
  /** Who QEMU runs as; tests hand in their own. */
  readonly user?: typeof vmmUser;
  /** Default `/dev/kvm`. */
  readonly kvmDevice?: string;
  /** Default: the kernel's. */
  readonly bootId?: string;
}

/**
 * What the VM is run with. `tcg` is taken at its word. For `auto` and `kvm` this very kernel must have booted under KVM on this host,
 * since its last boot: a /dev/kvm that can be opened proves little (nested, emulated and half-broken ones hang the
 * guest). `auto` falls back to software emulation; `kvm` rejects with QemuError `accelerator-unavailable`.
 */
export async function resolveAccelerator(
  config: HypervisorConfig,
  options: ResolveAcceleratorOptions = {},
): Promise<Accelerator> {
  if (config.accelerator === 'tcg') return await emulationOf(config, options);
  const { answer, isNew } = await knownOrProbed(config, options);
  if (answer.works) return 'kvm';
  if (config.accelerator === 'kvm') {
    throw qemuError(
      'accelerator-unavailable',
      `accelerator "kvm" is demanded, but ${answer.reason} (tried at ${answer.probedAt}); use "auto" or "tcg", or repair KVM`,
      { description: answer.reason },
    );
  }
  if (isNew) options.onNotice?.(`the VM runs on software emulation, which is slow: ${answer.reason}`);
  return answer.emulation;
}

async function emulationOf(config: HypervisorConfig, options: ResolveAcceleratorOptions): Promise<Emulation> {
  return await (options.emulation ?? emulation)(config.path);
}

function defaultDirectory(): string {
  const uid = process.getuid?.() ?? 0;
  if (uid === 0) return '/run/hako';
  const runtimeDir = process.env.XDG_RUNTIME_DIR;
  return runtimeDir === undefined ? join(tmpdir(), `hako-${uid}`) : join(runtimeDir, 'hako');
}

/** What is known of an accelerator without trying it. */
export interface ExpectedAccelerator {
  /** What a VM would be run with; undefined: only a probe can tell, and the next VM makes it. */
  readonly accelerator: Accelerator | undefined;
  /** Why, for people. */
  readonly reason: string;
}

/**
 * What `resolveAccelerator` would answer, as far as that is known without a probe: the configuration's demand, what stands
 * in KVM's way, or the remembered answer. Starts nothing and writes nothing.
 */
export async function expectedAccelerator(
  config: HypervisorConfig,
  options: ResolveAcceleratorOptions = {},
): Promise<ExpectedAccelerator> {
  if (config.accelerator === 'tcg')
    return { accelerator: await emulationOf(config, options), reason: 'the configuration demands it' };
  let accelerator: Accelerator;
  let reason: string;
  try {
    const { shortcut, key, store } = await look(config, options);
    const answer =
      shortcut === undefined
        ? await store.find(key)
        : { works: false, reason: shortcut, emulation: await emulationOf(config, options) };
    if (answer === undefined)
      return {
        accelerator: undefined,
        reason: 'not known yet: the next VM first tries whether this kernel boots under KVM',
      };
    accelerator = answer.works ? 'kvm' : answer.emulation;
    ({ reason } = answer);
  } catch (error) {
    // A kernel or QEMU that is missing has no answer; that it is missing is told by checkHost.
    return {
      accelerator: undefined,
      reason: `cannot be known: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  if (accelerator === 'kvm' || config.accelerator === 'auto') return { accelerator, reason };
  return { accelerator: undefined, reason: `the configuration demands kvm, but ${reason}` };
}

/** What a question about this kernel is remembered under, and what answers it without a probe. */
async function look(
  config: HypervisorConfig,
  options: ResolveAcceleratorOptions,
): Promise<{ readonly shortcut: string | undefined; readonly key: string; readonly store: ProbeStore }> {
  const { kvmDevice = '/dev/kvm', directory = defaultDirectory() } = options;
  const deviceProblem =
    (await whyNotUsable(kvmDevice)) ?? whyNotRootless(kvmDevice, (options.user ?? vmmUser)(config));
  const probeInitrd = join(guestDirectory(config), probeInitrdName);
  const initrdProblem = await whyNotReadable(probeInitrd);
  const shortcut = deviceProblem ?? initrdProblem;

  const files = [config.path, config.kernel, ...(initrdProblem === undefined ? [probeInitrd] : [])];
  // What stands in the way without a probe is part of the key: once it is gone, the answer is another one.
  const key = `${await probeKey(files)}${shortcut === undefined ? '' : ` ${shortcut}`}`;
  const store = new ProbeStore(directory, options.bootId ?? (await currentBootId()));
  return { shortcut, key, store };
}

async function knownOrProbed(
  config: HypervisorConfig,
  options: ResolveAcceleratorOptions,
): Promise<{ answer: ProbeAnswer; isNew: boolean }> {
  const { signal } = options;
  const { shortcut, key, store } = await look(config, options);
  await store.prepare();
  const known = await store.find(key);
  if (known !== undefined) return { answer: known, isNew: false };
  // Ten first starts at once make one probe: the others wait here and then find its answer.
  using _lock = await lockFile(store.lockPath, {
    timeoutMs: 4 * probeDeadlineMs,
    ...(signal === undefined ? {} : { signal }),
  });
  const found = await store.find(key);
  if (found !== undefined) return { answer: found, isNew: false };
  const result =
    shortcut === undefined
      ? await (options.probe ?? probeKvm)(config, signal === undefined ? {} : { signal })
      : { works: false, reason: shortcut };
  const answer = {
    key,
    ...result,
    emulation: await emulationOf(config, options),
    probedAt: new Date().toISOString(),
  };
  await store.remember(answer);
  return { answer, isNew: true };
}

async function whyNotUsable(device: string): Promise<string | undefined> {
  try {
    await access(device, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return code === 'ENOENT'
      ? `${device} does not exist (no hardware virtualization, or the kvm module is not loaded)`
      : `${device} cannot be opened (${code})`;
  }
}

/** The probe runs as we do; the machine may be another user's. */
function whyNotRootless(device: string, user: ReturnType<typeof vmmUser>): string | undefined {
  if (user === undefined || 'problem' in user || mayReadAndWrite(user, statSync(device))) return undefined;
  return `${device} is not for the user that rootless gives to QEMU; give it a group of its own with the right to read and write`;
}

async function whyNotReadable(probeInitrd: string): Promise<string | undefined> {
  try {
    await access(probeInitrd, constants.R_OK);
    return undefined;
  } catch {
    return `KVM cannot be tried with this kernel because ${probeInitrd} is missing`;
  }
}
