import { defaultRuntimeConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { guestKernelModules } from './guest-kernel-modules.ts';

const { agent } = defaultRuntimeConfig();

test('modules are split into name and parameters, empty ones passed over', () => {
  expect(guestKernelModules({ ...agent, kernelModules: ['dummy numdummies=1', '', 'fuse'] })).toEqual([
    { name: 'dummy', parameters: ['numdummies=1'] },
    { name: 'fuse', parameters: [] },
  ]);
});
