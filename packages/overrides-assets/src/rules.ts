import type { FamilyRule } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';

/** What must hold for the files after all annotations. */
export const assetRules: readonly FamilyRule<RuntimeConfig>[] = [
  {
    lines: ['3.x'],
    code: 'annotation/conflict',
    field: 'hypervisor.initrd',
    rule: 'excludes image: exactly one of the two is booted',
    fix: 'keep one of the two',
    broken: ({ hypervisor }) => hypervisor.image !== '' && hypervisor.initrd !== '',
  },
];
