import type { Problem } from '@hako/errors';

/** What a message of the reference says, so that it can be looked for among hako's problems. */
export interface ReferenceError {
  /** Exact field of the problem; a pattern where hako's path says more. */
  readonly field: string | RegExp;
  /** Codes of which the problem must have one. */
  readonly codes: readonly string[];
  /** The value the message quotes, if it does. */
  readonly value?: string;
  /** Rule (e): the option that the message names by mistake. */
  readonly misnamed?: string;
}

const hypervisor = 'io.katacontainers.config.hypervisor.';
const runtime = 'io.katacontainers.config.runtime.';
const agent = 'io.katacontainers.config.agent.';

/** Names in messages that are not the name of the key they are about, and the right key. */
const misnamed: ReadonlyMap<string, string> = new Map([
  ['default_maxvcpus', `${hypervisor}default_max_vcpus`],
  ['use_nvdimm', `${hypervisor}disable_image_nvdimm`],
  ['experimental', `${runtime}disable_new_netns`],
  ['agent.trace', `${agent}enable_tracing`],
]);
/** Names without their prefix that are not of the hypervisor. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ['disable_guest_seccomp', runtime],
  ['sandbox_cgroup_only', runtime],
]);

function keyOf(name: string): Pick<ReferenceError, 'field' | 'misnamed'> {
  const right = misnamed.get(name);
  if (right !== undefined) return { field: right, misnamed: name };
  if (name.startsWith('io.katacontainers.')) return { field: name };
  return { field: `${elsewhere.get(name) ?? hypervisor}${name}` };
}

const bad = ['annotation/bad-value'];
const range = ['annotation/out-of-range'];

type Reader = (...groups: readonly string[]) => ReferenceError;

/** Messages of the reference and what they are about. */
const readers: readonly (readonly [RegExp, Reader])[] = [
  [
    /^Error (?:encountered )?parsing annotation (?:for )?([\w.]+): strconv\.ParseUint: parsing (".*"): (invalid syntax|value out of range), /s,
    (name = '', quoted = '', kind) => ({
      ...keyOf(name),
      codes: kind === 'invalid syntax' ? bad : range,
      value: quoted,
    }),
  ],
  [
    /^Error parsing annotation for ([\w.]+): Please specify (?:boolean value 'true\|false'|uint32 value)$/,
    (name = '') => ({ ...keyOf(name), codes: [...bad, ...range] }),
  ],
  [
    /^Error parsing annotation for msize_9p, please specify positive numeric value$/,
    () => ({ ...keyOf('msize_9p'), codes: [...bad, ...range] }),
  ],
  [
    /^Error adding kernel parameters in annotation kernel_params : Empty kernel parameter$/,
    () => ({ ...keyOf('kernel_params'), codes: bad }),
  ],
  [
    /^Memory specified in annotation ([\w.]+) is less than minimum required 256, /,
    (key = '') => ({ field: key, codes: range }),
  ],
  [
    /^Number of cpus (\d+) (?:specified )?in annotation (\w+) is greater than (?:the number of CPUs \d+ on the system|max no of CPUs \d+ supported for qemu)$/,
    (value = '', name = '') => ({ ...keyOf(name), codes: range, value }),
  ],
  [
    /^Invalid hypervisor block storage driver (.*) specified in annotation \(supported drivers: /s,
    (value = '') => ({ ...keyOf('block_device_driver'), codes: bad, value }),
  ],
  [
    /^Invalid hypervisor shared file system (.*) specified for annotation shared_fs, /s,
    (value = '') => ({ ...keyOf('shared_fs'), codes: bad, value }),
  ],
  [/^Unknown network model specified in annotation ([\w.]+)$/, (key = '') => ({ field: key, codes: bad })],
  [
    /^Unsupported experimental feature .* specified in annotation ([\w.]+)$/s,
    (key = '') => ({ field: key, codes: bad }),
  ],
  [
    /^cannot enable virtio-fs without daemon path$/,
    () => ({ field: /virtio_fs_daemon$|virtioFsDaemon$/, codes: ['annotation/virtio-fs-without-daemon'] }),
  ],
  [
    /^Unknown container type (.*)$/s,
    (value = '') => ({ field: /^io\.kubernetes\./, codes: ['translate/unknown-container-type'], value }),
  ],
  [
    /^Unexpected Device Type (.*) for device (?:.*)$/s,
    (value = '') => ({ field: /^linux\.devices\[\d+\]\.type$/, codes: ['translate/device-type'], value }),
  ],
  [
    /^Path cannot be empty for device$/,
    () => ({ field: /^linux\.devices\[\d+\]\.path$/, codes: ['translate/device-path'] }),
  ],
  [/^missing Linux section$/, () => ({ field: 'linux', codes: ['translate/missing-section'] })],
  [
    /^Wrong string format: (.*), expecting only 2 parameters separated with "="$/s,
    (value = '') => ({ field: /^env\[\d+\]$/, codes: ['translate/env-without-value'], value }),
  ],
  [
    /^Environment variable cannot be empty$/,
    () => ({ field: /^env\[\d+\]$/, codes: ['translate/empty-env-name'] }),
  ],
  [
    /^Could not find (container type|sandbox ID)$/,
    (what = '') => ({ field: what.toLowerCase(), codes: ['conformance/nothing'] }),
  ],
  [/^Empty kernel parameter$/, () => ({ field: 'kernel parameter name', codes: ['conformance/nothing'] })],
  [
    /^Unknown hypervisor type (.*)$/s,
    (value = '') => ({ field: 'hypervisor type', codes: ['conformance/nothing'], value }),
  ],
  [
    /^Unknown type (.*)$/s,
    (value = '') => ({ field: 'network model', codes: ['conformance/nothing'], value }),
  ],
  [/^Missing kernel path$/, () => ({ field: 'hypervisor.qemu.kernel', codes: ['config/incomplete'] })],
  [
    /^Missing image and initrd path$/,
    () => ({ field: 'hypervisor.qemu.image', codes: ['config/incomplete'] }),
  ],
  [
    /^Cannot set both 'to be' and 'from' vm tempate$/,
    () => ({ field: 'hypervisor.qemu.boot_to_be_template', codes: ['config/incomplete'] }),
  ],
  [
    /^Missing MemoryPath for vm template$/,
    () => ({ field: 'hypervisor.qemu.memory_path', codes: ['config/incomplete'] }),
  ],
  [
    /^Missing DevicesStatePath to load from vm template$/,
    () => ({ field: 'hypervisor.qemu.device_state_path', codes: ['config/incomplete'] }),
  ],
  [
    /^strconv\.ParseBool: parsing (".*"): invalid syntax$/s,
    (value = '') => ({ field: 'boolean', codes: ['conformance/nothing'], value }),
  ],
  [
    /^strconv\.ParseUint: parsing (".*"): (invalid syntax|value out of range)$/s,
    (value = '', kind) => ({
      field: kind === 'invalid syntax' ? 'number syntax' : 'number range',
      codes: ['conformance/nothing'],
      value,
    }),
  ],
];

/** What a message of the reference is about; undefined for a message that is not known. */
export function readReferenceError(message: string): ReferenceError | undefined {
  for (const [pattern, reader] of readers) {
    const match = pattern.exec(message);
    if (match !== null) return reader(...match.slice(1).map((group) => group ?? ''));
  }
  return undefined;
}

/** Whether hako's problem is the one that the reference reported. */
export function isSameError(
  problem: Problem,
  error: ReferenceError,
  quote: (text: string) => string,
): boolean {
  const { field, codes, value } = error;
  if (typeof field === 'string' ? problem.field !== field : !field.test(problem.field)) return false;
  if (problem.severity !== 'error' || !codes.includes(problem.code)) return false;
  if (value === undefined) return true;
  const own = problem.value ?? '';
  // hako cuts long values: then field and code have to do.
  if (own.endsWith('…')) return true;
  return own === value || quote(own) === value || sameNumber(own, value);
}

/** The reference prints the number it read, hako the text: leading zeros differ. */
function sameNumber(own: string, value: string): boolean {
  return /^\d+$/.test(own) && /^\d+$/.test(value) && BigInt(own) === BigInt(value);
}
