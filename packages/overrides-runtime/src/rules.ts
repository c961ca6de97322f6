import type { FamilyRule } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';

/** What must hold for the runtime's settings after all annotations. */
export const runtimeRules: readonly FamilyRule<RuntimeConfig>[] = [
  {
    lines: ['3.x'],
    code: 'annotation/conflict',
    field: 'runtime.disableNewNetns',
    rule: 'is possible only with the internetworking model none',
    broken: ({ runtime }) => runtime.disableNewNetns && runtime.internetworkingModel !== 'none',
  },
];
