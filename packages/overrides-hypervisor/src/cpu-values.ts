import { type Codec, ignored, type RowSemantics, refused, uint32, value } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';

/** Most vCPUs a QEMU machine of x86-64 takes. */
export const maxQemuVcpus = 240;

/** A number that may have a fraction, in decimal digits; 0 keeps the configured value. */
const vcpus: Codec<number> = {
  name: 'number',
  pattern: '^[0-9]+(\\.[0-9]+)?$',
  read: (text) => {
    if (!/^\d+(?:\.\d+)?$/.test(text))
      return refused('must be a number of at least 0, in decimal digits only');
    const read = Number(text);
    if (read === 0) return ignored('0 keeps the configured value');
    return Number.isFinite(read) ? value(read) : refused('must be a number', 'out-of-range');
  },
};

export const vcpuSemantics: RowSemantics<RuntimeConfig, number> = {
  '1.x': { codec: uint32, limit: (read, { host }) => aboveHost(read, host.numCpus) },
  '3.x': { codec: vcpus, limit: (read, { host }) => aboveHost(Math.ceil(read), host.numCpus) },
};

export const maxVcpuSemantics: RowSemantics<RuntimeConfig, number> = {
  codec: uint32,
  limit: (read, { host, config }) => {
    const refusal = aboveHost(read, host.numCpus);
    if (refusal !== undefined) return refusal;
    return config.runtime.hypervisorName === 'qemu' && read > maxQemuVcpus
      ? refused(`must be at most ${maxQemuVcpus}, the most that qemu takes`, 'out-of-range')
      : undefined;
  },
};

function aboveHost(wanted: number, numCpus: number): ReturnType<typeof refused> | undefined {
  return wanted > numCpus
    ? refused(`must be at most ${numCpus}, the number of CPUs of the host`, 'out-of-range')
    : undefined;
}
