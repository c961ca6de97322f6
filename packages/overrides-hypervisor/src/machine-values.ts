import { type Codec, mapped, nonEmpty, oneOf, type RowSemantics, refused, value } from '@hako/annotations';
import {
  type HypervisorConfig,
  type KernelParam,
  type MachineType,
  machineTypes,
  parseKernelWords,
  type RuntimeConfig,
} from '@hako/config';

/**
 * 1.x takes any word and leaves it to QEMU to know the machine; that is why the value's type is wider there than
 * it says.
 */
const anyMachine = nonEmpty as Codec<MachineType>;

export const machineTypeSemantics: RowSemantics<RuntimeConfig, MachineType> = {
  '1.x': { codec: anyMachine },
  '3.x': {
    codec: {
      ...oneOf(machineTypes),
      read: (text) => (text === '' ? anyMachine.read(text) : oneOf(machineTypes).read(text)),
    },
  },
};

const kernelWords: Codec<readonly KernelParam[]> = {
  name: 'kernel words separated by spaces',
  read: (text) => {
    const words = parseKernelWords(text);
    return words === undefined ? refused('must not have a word without a name before =') : value(words);
  },
};

/** Longest kernel command line of x86-64 Linux. */
const maxCommandLine = 2048;

const boundedWords: Codec<readonly KernelParam[]> = {
  ...kernelWords,
  read: (text) =>
    text.length > maxCommandLine
      ? refused(`must not be longer than ${maxCommandLine} characters`, 'out-of-range')
      : kernelWords.read(text),
};

export const kernelParamsSemantics: RowSemantics<RuntimeConfig, readonly KernelParam[]> = {
  '1.x': { codec: kernelWords, combine: (current, read) => [...current, ...read] },
  '3.x': { codec: boundedWords, combine: replaceSameNames },
};

/** The read words after the current ones that they do not replace. */
function replaceSameNames(current: readonly KernelParam[], read: readonly KernelParam[]): KernelParam[] {
  const names = new Set(read.map(({ key }) => key));
  return [...current.filter(({ key }) => !names.has(key)), ...read];
}

type VfioPort = HypervisorConfig['hotPlugVfio'];

const vfioPort: Codec<VfioPort> = oneOf(['no-port', 'bridge-port', 'root-port', 'switch-port']);

export const hotPlugSemantics: RowSemantics<RuntimeConfig, VfioPort> = {
  '3.x': { codec: vfioPort, clears: { part: 'hypervisor', field: 'coldPlugVfio', value: 'no-port' } },
};

export const coldPlugSemantics: RowSemantics<RuntimeConfig, VfioPort> = {
  '3.x': { codec: vfioPort, clears: { part: 'hypervisor', field: 'hotPlugVfio', value: 'no-port' } },
};

/** Names and values between commas, the names of dm-verity's description of a root file system. */
export const verityParams: Codec<string> = mapped(nonEmpty, 'name=value pairs between commas', (read) => {
  const names = new Set(['root_hash', 'salt', 'data_blocks', 'data_block_size', 'hash_block_size']);
  const wrong = read.split(',').find((pair) => !names.has(pair.slice(0, Math.max(0, pair.indexOf('=')))));
  return wrong === undefined
    ? value(read)
    : refused(`must be name=value pairs between commas; the names are ${[...names].join(', ')}`);
});

/** Base64 text, the empty one too. */
export const base64: Codec<string> = {
  name: 'base64',
  pattern: '^[A-Za-z0-9+/]*={0,2}$',
  read: (text) =>
    text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? value(text) : refused('must be base64'),
};
