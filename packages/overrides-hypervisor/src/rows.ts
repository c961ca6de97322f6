import { type RowMaker, rowsFor } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';

export const rows: RowMaker<RuntimeConfig> = rowsFor<RuntimeConfig>();
export const prefix = 'io.katacontainers.config.hypervisor.';
