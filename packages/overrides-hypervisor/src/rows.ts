import { type RowMaker, rowsFor } from '@hako/annotations';
import { effectOf, type RuntimeConfig } from '@hako/config';

export const rows: RowMaker<RuntimeConfig> = rowsFor<RuntimeConfig>(effectOf);
export const prefix = 'io.katacontainers.config.hypervisor.';
