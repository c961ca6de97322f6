import { type KeyTable, parameterOf, refused } from '../key.ts';
import { count, flag, path, textValue, word } from '../values.ts';

/** `[hypervisor.qemu]`: confidential guests and remote hypervisors: parsed, not driven. */
export interface ConfidentialConfig {
  /** Use SEV-SNP, TDX, SE or CCA when the host has it. Default `false`. */
  readonly confidentialGuest: boolean;
  /** Choose SNP over SEV. Default `false`. */
  readonly sevSnpGuest: boolean;
  /** SNP ID block. Default empty. */
  readonly snpIdBlock: string;
  /** SNP ID authentication; needs snp_id_block and the other way round. Default empty. */
  readonly snpIdAuth: string;
  /** SNP policy bits. Default `196608`. */
  readonly snpGuestPolicy: number;
  /** TDX quote service vsock port; 0 = unix socket. Default `0`. */
  readonly tdxQuoteGenerationServiceSocketPort: number;
  /** CCA measurement. Default `'sha512'`. */
  readonly measurementAlgo: 'sha256' | 'sha512';
  /** Init data. Default empty. */
  readonly initdata: string;
  /** Remote hypervisor. Remote flavour. Default `'/run/peerpod/hypervisor.sock'`. */
  readonly remoteHypervisorSocket: string;
  /** Remote hypervisor timeout. Seconds. Remote flavour. Default `600`. */
  readonly remoteHypervisorTimeoutSec: number;
  /** GPUs wanted from a remote hypervisor. Remote flavour. Default `0`. */
  readonly defaultGpus: number;
  /** GPU model wanted from a remote hypervisor. Remote flavour. Default empty. */
  readonly defaultGpuModel: string;
}

export const confidentialKeys: KeyTable<ConfidentialConfig> = {
  confidentialGuest: {
    toml: 'confidential_guest',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Use SEV-SNP, TDX, SE or CCA when the host has it.',
    effect: refused(
      'confidential guests are not supported, and a guest that is not confidential would look like one',
    ),
  },
  sevSnpGuest: {
    toml: 'sev_snp_guest',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Choose SNP over SEV.',
    effect: refused('confidential guests are not supported'),
  },
  snpIdBlock: {
    toml: 'snp_id_block',
    type: textValue,
    default: '',
    lines: ['3.x'],
    meaning: 'SNP ID block.',
    effect: refused('confidential guests are not supported'),
  },
  snpIdAuth: {
    toml: 'snp_id_auth',
    type: textValue,
    default: '',
    lines: ['3.x'],
    meaning: 'SNP ID authentication; needs snp_id_block and the other way round.',
    effect: refused('confidential guests are not supported'),
  },
  snpGuestPolicy: {
    toml: 'snp_guest_policy',
    type: count,
    default: 196608,
    lines: ['3.x'],
    meaning: 'SNP policy bits.',
    effect: parameterOf('confidential_guest'),
  },
  tdxQuoteGenerationServiceSocketPort: {
    toml: 'tdx_quote_generation_service_socket_port',
    type: count,
    default: 0,
    lines: ['3.x'],
    meaning: 'TDX quote service vsock port; 0 = unix socket.',
    effect: parameterOf('confidential_guest'),
  },
  measurementAlgo: {
    toml: 'measurement_algo',
    type: word(['sha256', 'sha512']),
    default: 'sha512',
    lines: ['3.x'],
    meaning: 'CCA measurement.',
    effect: parameterOf('confidential_guest'),
  },
  initdata: {
    toml: 'initdata',
    type: textValue,
    default: '',
    lines: ['3.x'],
    meaning: 'Init data.',
    effect: refused('confidential guests are not supported, and nobody in the guest would read it'),
  },
  remoteHypervisorSocket: {
    toml: 'remote_hypervisor_socket',
    type: path,
    default: '/run/peerpod/hypervisor.sock',
    lines: ['3.x'],
    meaning: 'Remote hypervisor.',
    rule: 'remote flavour',
    effect: refused('machines are made on this host, by no remote hypervisor'),
  },
  remoteHypervisorTimeoutSec: {
    toml: 'remote_hypervisor_timeout',
    type: count,
    default: 600,
    unit: 's',
    lines: ['3.x'],
    meaning: 'Remote hypervisor timeout.',
    rule: 'remote flavour',
    effect: refused('machines are made on this host, by no remote hypervisor'),
  },
  defaultGpus: {
    toml: 'default_gpus',
    type: count,
    default: 0,
    lines: ['3.x'],
    meaning: 'GPUs wanted from a remote hypervisor.',
    rule: 'remote flavour',
    effect: refused('machines are made on this host, by no remote hypervisor'),
  },
  defaultGpuModel: {
    toml: 'default_gpu_model',
    type: textValue,
    default: '',
    lines: ['3.x'],
    meaning: 'GPU model wanted from a remote hypervisor.',
    rule: 'remote flavour',
    effect: refused('machines are made on this host, by no remote hypervisor'),
  },
};
