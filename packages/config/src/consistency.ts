import type { Problem } from '@hako/errors';
import type { Origins } from '@hako/shape';
import type { RuntimeConfig } from './runtime-config.ts';
import { configKeys, sectionOf } from './sections.ts';

/** A rule over several values of a configuration. */
interface Consistency {
  /** Field path the problem is reported at. */
  readonly field: string;
  readonly rule: string;
  readonly fix?: string;
  broken(config: RuntimeConfig): boolean;
}

const rules: readonly Consistency[] = [
  {
    field: 'runtime.hypervisorName',
    rule: 'must be qemu, the one hypervisor that hako drives',
    broken: ({ runtime }) => runtime.hypervisorName !== 'qemu',
  },
  {
    field: 'runtime.agentName',
    rule: 'must be kata, the one agent that hako speaks to',
    broken: ({ runtime }) => runtime.agentName !== 'kata',
  },
  {
    field: 'hypervisor.image',
    rule: 'excludes initrd: exactly one of the two is booted',
    fix: 'remove image or initrd',
    broken: ({ hypervisor }) => hypervisor.image !== '' && hypervisor.initrd !== '',
  },
  {
    field: 'hypervisor.image',
    rule: 'must not be empty when initrd is empty',
    fix: 'name an image or an initrd',
    broken: ({ hypervisor }) => hypervisor.image === '' && hypervisor.initrd === '',
  },
  {
    field: 'hypervisor.kernel',
    rule: 'must not be empty',
    broken: ({ hypervisor }) => hypervisor.kernel === '',
  },
  {
    field: 'hypervisor.virtioFsDaemon',
    rule: 'must not be empty when shared_fs is virtio-fs',
    broken: ({ hypervisor }) => hypervisor.sharedFs === 'virtio-fs' && hypervisor.virtioFsDaemon === '',
  },
  {
    field: 'hypervisor.hotPlugVfio',
    rule: 'excludes cold_plug_vfio: at most one of the two may be other than no-port',
    broken: ({ hypervisor }) => hypervisor.hotPlugVfio !== 'no-port' && hypervisor.coldPlugVfio !== 'no-port',
  },
  {
    field: 'runtime.disableNewNetns',
    rule: 'is possible only with internetworking_model = "none"',
    broken: ({ runtime }) => runtime.disableNewNetns && runtime.internetworkingModel !== 'none',
  },
  {
    field: 'hypervisor.numaMapping',
    rule: 'needs static_sandbox_resource_mgmt when it has more than one node: what is added later has no node of its own',
    fix: 'set static_sandbox_resource_mgmt = true',
    broken: ({ hypervisor, runtime }) =>
      hypervisor.enableNuma && hypervisor.numaMapping.length > 1 && !runtime.staticSandboxResourceMgmt,
  },
  {
    field: 'factory.enableTemplate',
    rule: 'needs a shared_fs other than none',
    broken: ({ factory, hypervisor }) => factory.enableTemplate && hypervisor.sharedFs === 'none',
  },
];

/** Everything in a configuration that contradicts itself, with the place of the value that is reported. */
export function consistencyProblems(config: RuntimeConfig, origins: Origins = {}): Problem[] {
  return rules
    .filter((rule) => rule.broken(config))
    .map(({ field, rule, fix }) => {
      const origin = origins[field];
      return {
        severity: 'error',
        code: 'config/inconsistent',
        ...(origin?.kind === 'file' ? { file: origin.file, line: origin.line } : {}),
        field: tomlPath(field),
        rule,
        ...(fix === undefined ? {} : { fix }),
      };
    });
}

/** `hypervisor.qemu.default_vcpus` of `hypervisor.defaultVcpus`; fields without a key are returned as they are. */
export function tomlPath(fieldPath: string): string {
  const [part, field] = fieldPath.split('.') as [keyof RuntimeConfig, string];
  const table = configKeys[part] as Readonly<Record<string, { readonly toml: string }>> | undefined;
  const key = table?.[field];
  return key === undefined ? fieldPath : `${sectionOf[part]}.${key.toml}`;
}
