import type { Problem } from '@hako/errors';
import type { SandboxConfig } from '@hako/oci-translate';

/** Why a container that is described well is refused by this version all the same. `create` and `explain` ask here. */
export function unsupported(sandbox: SandboxConfig): Problem | undefined {
  if (sandbox.hypervisor.sharedFs === 'none')
    return refusal(
      'hypervisor.qemu.shared_fs',
      'none cannot bring a root file system into the VM in this version of hako',
    );
  return undefined;
}

function refusal(field: string, rule: string): Problem {
  return { severity: 'error', code: 'hako/unsupported', field, rule };
}
