import { type KeyTable, noEffect } from '../key.ts';
import { bigCount, bigCountSafe, count8, flag, signed } from '../values.ts';

/** `[agent.kata.mem_agent]`: memory reclaim and compaction in the guest. */
export interface MemAgentConfig {
  /** Memory agent setting (reclaim or compaction). Default `false`. */
  readonly memAgentEnable: boolean;
  /** Memory agent setting (reclaim or compaction). Default `false`. */
  readonly memcgDisable: boolean;
  /** Memory agent setting (reclaim or compaction). Default `false`. */
  readonly memcgSwap: boolean;
  /** Memory agent setting (reclaim or compaction). Default `50`. */
  readonly memcgSwappinessMax: number;
  /** Memory agent setting (reclaim or compaction). Default `600`. */
  readonly memcgPeriodSecs: number;
  /** Memory agent setting (reclaim or compaction). Default `1`. */
  readonly memcgPeriodPsiPercentLimit: number;
  /** Memory agent setting (reclaim or compaction). Default `1`. */
  readonly memcgEvictionPsiPercentLimit: number;
  /** Memory agent setting (reclaim or compaction). Default `3`. */
  readonly memcgEvictionRunAgingCountMin: number;
  /** Memory agent setting (reclaim or compaction). Default `false`. */
  readonly compactDisable: boolean;
  /** Memory agent setting (reclaim or compaction). Default `600`. */
  readonly compactPeriodSecs: number;
  /** Memory agent setting (reclaim or compaction). Default `1`. */
  readonly compactPeriodPsiPercentLimit: number;
  /** Memory agent setting (reclaim or compaction). Default `5`. */
  readonly compactPsiPercentLimit: number;
  /** Memory agent setting (reclaim or compaction). Default `300`. */
  readonly compactSecMax: number;
  /** Memory agent setting (reclaim or compaction). Default `9`. */
  readonly compactOrder: number;
  /** Memory agent setting (reclaim or compaction). Default `1024`. */
  readonly compactThreshold: number;
  /** Memory agent setting (reclaim or compaction). Default `'9223372036854775807'`. */
  readonly compactForceTimes: string;
}

export const memAgentKeys: KeyTable<MemAgentConfig> = {
  memAgentEnable: {
    toml: 'mem_agent_enable',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  memcgDisable: {
    toml: 'memcg_disable',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  memcgSwap: {
    toml: 'memcg_swap',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  memcgSwappinessMax: {
    toml: 'memcg_swappiness_max',
    type: count8,
    default: 50,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  memcgPeriodSecs: {
    toml: 'memcg_period_secs',
    type: bigCountSafe,
    default: 600,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  memcgPeriodPsiPercentLimit: {
    toml: 'memcg_period_psi_percent_limit',
    type: count8,
    default: 1,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  memcgEvictionPsiPercentLimit: {
    toml: 'memcg_eviction_psi_percent_limit',
    type: count8,
    default: 1,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  memcgEvictionRunAgingCountMin: {
    toml: 'memcg_eviction_run_aging_count_min',
    type: bigCountSafe,
    default: 3,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  compactDisable: {
    toml: 'compact_disable',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  compactPeriodSecs: {
    toml: 'compact_period_secs',
    type: bigCountSafe,
    default: 600,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  compactPeriodPsiPercentLimit: {
    toml: 'compact_period_psi_percent_limit',
    type: count8,
    default: 1,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  compactPsiPercentLimit: {
    toml: 'compact_psi_percent_limit',
    type: count8,
    default: 5,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  compactSecMax: {
    toml: 'compact_sec_max',
    type: signed,
    default: 300,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  compactOrder: {
    toml: 'compact_order',
    type: count8,
    default: 9,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  compactThreshold: {
    toml: 'compact_threshold',
    type: bigCountSafe,
    default: 1024,
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
  compactForceTimes: {
    toml: 'compact_force_times',
    type: bigCount,
    default: '9223372036854775807',
    lines: ['3.x'],
    meaning: 'Memory agent setting (reclaim or compaction).',
    effect: noEffect('the guest gives free memory back by itself, and reclaims by its kernel alone'),
  },
};
