import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, freemem, machine, release, totalmem } from 'node:os';
import { asBadInput } from '@hako/admission';
import { type LoadedConfiguration, loadConfiguration } from '@hako/admission/translation';
import { OCI_VERSION } from '@hako/sandbox/state';
import type { GlobalOptions } from '../global-options.ts';
import { guestFolder, readGuestDescription } from '../guest-files.ts';
import { print } from '../output.ts';
import { type Tables, toTomlTables } from '../toml-tables.ts';
import { VERSION } from '../version.ts';

/** Version of the report's form. */
const FORM_VERSION = '1.0.0';

/**
 * Prints the settings that count on this host, in the groups and names of `kata-env`: what runs, what it would start,
 * and what the host is. Starts nothing but `qemu --version`.
 */
export async function env(options: GlobalOptions, { json }: { readonly json: boolean }): Promise<number> {
  let loaded: LoadedConfiguration;
  try {
    loaded = loadConfiguration(options);
  } catch (error) {
    throw asBadInput(error);
  }
  const { QemuHypervisor } = await import('@hako/hypervisor-qemu');
  const problems = await new QemuHypervisor().check(loaded.config.hypervisor);
  const report = settings(loaded, !problems.some(({ severity }) => severity === 'error'));
  print(json ? `${JSON.stringify(report, null, 2)}\n` : toTomlTables(report).trimStart());
  return 0;
}

function settings({ config, files }: LoadedConfiguration, isCapable: boolean): Tables {
  const { hypervisor, runtime, agent } = config;
  const guest = readGuestDescription(guestFolder(hypervisor));
  return {
    Meta: { Version: FORM_VERSION },
    Runtime: {
      Path: process.execPath,
      DisableGuestSeccomp: runtime.disableGuestSeccomp,
      Version: { Semver: VERSION, OCI: OCI_VERSION },
      Config: { Path: files[0] ?? '', Files: files },
    },
    Hypervisor: {
      Type: 'qemu',
      Path: hypervisor.path,
      Version: versionOf(hypervisor.path),
      MachineType: hypervisor.machineType,
      Accelerator: hypervisor.accelerator,
      SharedFS: hypervisor.sharedFs,
      VirtioFSDaemon: hypervisor.virtioFsDaemon,
      Msize9p: hypervisor.msize9pBytes,
    },
    Kernel: {
      Path: hypervisor.kernel,
      Release: guest?.kernelRelease ?? '',
      Parameters: hypervisor.kernelParams
        .map(({ key, value }) => (value === '' ? key : `${key}=${value}`))
        .join(' '),
    },
    Image: {
      Path: hypervisor.image,
      Packages: guest?.packages.map(({ name, version }) => `${name} ${version}`) ?? [],
    },
    Initrd: { Path: hypervisor.initrd },
    Agent: { KernelModules: agent.kernelModules },
    Host: {
      Kernel: release(),
      Architecture: machine(),
      VMContainerCapable: isCapable,
      KVM: existsSync('/dev/kvm'),
      SupportVSocks: existsSync('/dev/vhost-vsock'),
      Distro: distribution(),
      CPU: { Model: cpus()[0]?.model ?? '', CPUs: availableParallelism() },
      Memory: { TotalMiB: mib(totalmem()), FreeMiB: mib(freemem()) },
    },
  };
}

function versionOf(program: string): string {
  try {
    const text = execFileSync(program, ['--version'], {
      encoding: 'utf8',
      timeout: 5000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.split('\n')[0] ?? '';
  } catch {
    // Told by `check`, with what to do about it.
    return '';
  }
}

/** os-release(5). */
function distribution(): Tables {
  let text = '';
  try {
    text = readFileSync('/etc/os-release', 'utf8');
  } catch {
    // A host without the file has no name to tell.
  }
  const value = (key: string): string => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return { Name: value('NAME'), Version: value('VERSION_ID') };
}

function mib(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}
