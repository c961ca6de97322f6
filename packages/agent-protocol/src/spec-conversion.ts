import type { Process as OciProcess, LinuxResources as OciResources, Spec as OciSpec } from '@hako/oci-spec';
import type { LinuxResources, Process, Spec } from './gen/oci.ts';
import { processTable, resourcesTable, type SpecMember, type SpecTable, specTable } from './spec-table.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * config.json as the agent gets it. What the protocol has no place for is left out: see fieldsLost.
 * @throws ProtobufError `out-of-range` on encoding, when a number does not fit (a checked spec always does)
 */
export function specToProto(spec: OciSpec): Spec {
  return toProto(specTable, spec) as Spec;
}

/** What specToProto made, as config.json. Whole numbers beyond 2^53 - 1 are bigints, as `stringifyJson` writes them. */
export function specFromProto(message: Spec): OciSpec {
  return fromProto(specTable, message) as unknown as OciSpec;
}

/** `process` of a spec, or of an exec, as the agent gets it. */
export function processToProto(process: OciProcess): Process {
  return toProto(processTable, process) as Process;
}

/** A process from the agent's protocol as in config.json. */
export function processFromProto(message: Process): OciProcess {
  return fromProto(processTable, message) as unknown as OciProcess;
}

/** `linux.resources` as the agent gets it. */
export function resourcesToProto(resources: OciResources): LinuxResources {
  return toProto(resourcesTable, resources) as LinuxResources;
}

/** Resources from the agent's protocol as in config.json. */
export function resourcesFromProto(message: LinuxResources): OciResources {
  return fromProto(resourcesTable, message);
}

/**
 * JSON paths of what a spec says and the agent's protocol cannot carry, in the order of the spec. As of Kata 3.32 these
 * are: `domainname`; of `process` `commandLine`, `scheduler`, `ioPriority`, `execCPUAffinity`, `user.umask`; of `linux`
 * `timeOffsets`, `netDevices`, `personality`, all of `intelRdt` but `l3CacheSchema`; of `linux.resources` `rdma`,
 * `unified`, `cpu.burst`, `cpu.idle`, `memory.useHierarchy`, `memory.checkBeforeUpdate`, an explicit `memory.swappiness`
 * of 0; a device's `fileMode` of 0; a mount's `uidMappings` and `gidMappings`; seccomp's `defaultErrnoRet`,
 * `listenerPath`, `listenerMetadata`; other platforms' sections; every member that the specification does not have.
 * `vm` is not among them: it is for the host.
 */
export function fieldsLost(spec: OciSpec): string[] {
  return lostMembers(spec).map(({ path }) => pathText(path));
}

/** A member that the protocol cannot carry: where it stands in its document, and its value. */
export interface LostMember {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** What `fieldsLost` names, with the values, so that another way to the guest can carry them. */
export function lostMembers(spec: OciSpec): LostMember[] {
  return lostIn(specTable, spec, []);
}

/** The same of a process alone. */
export function lostMembersOfProcess(process: OciProcess): LostMember[] {
  return lostIn(processTable, process, []);
}

/** The same of `linux.resources` alone. */
export function lostMembersOfResources(resources: OciResources): LostMember[] {
  return lostIn(resourcesTable, resources, []);
}

/** A path as in `linux.devices[0].fileMode`. */
export function pathText(path: LostMember['path']): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

function toProto(table: SpecTable, source: object): object {
  const json = source as Json;
  const init: Record<string, unknown> = {};
  for (const member of table.members) {
    const value = json[member.json] ?? member.whenAbsent;
    if (value !== undefined) init[member.proto] = memberToProto(member, kindOf(table, member), value);
  }
  return table.type.create(init);
}

function memberToProto({ table }: SpecMember, kind: unknown, value: unknown): unknown {
  if (table !== undefined) {
    return Array.isArray(value)
      ? value.map((item: object) => toProto(table, item))
      : toProto(table, value as object);
  }
  return kind === 'int64' || kind === 'uint64' ? BigInt(value as number | bigint) : value;
}

function fromProto(table: SpecTable, source: object): Record<string, unknown> {
  const message = source as Json;
  const json: Record<string, unknown> = {};
  for (const member of table.members) {
    const value = memberFromProto(member, message[member.proto]);
    if (value !== undefined) json[member.json] = value;
  }
  return json;
}

function memberFromProto({ table, zero, whenAbsent }: SpecMember, value: unknown): unknown {
  if (value === undefined || value === whenAbsent) return undefined;
  if (Array.isArray(value)) {
    if (value.length === 0) return undefined;
    return table === undefined ? value : value.map((item: object) => fromProto(table, item));
  }
  if (table !== undefined) return fromProto(table, value as object);
  if (typeof value === 'object' && value !== null) {
    return Object.keys(value).length === 0 ? undefined : value;
  }
  if (zero !== 'kept' && (value === '' || value === 0 || value === 0n || value === false)) return undefined;
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function lostIn(table: SpecTable, source: object, path: LostMember['path']): LostMember[] {
  return Object.entries(source as Json).flatMap(([name, value]): LostMember[] => {
    const at = [...path, name];
    if (value === undefined || table.hostOnly?.includes(name) === true) return [];
    const member = table.members.find(({ json }) => json === name);
    if (member === undefined) return [{ path: at, value }];
    if (member.zero === 'lost' && (value === 0 || value === 0n)) return [{ path: at, value }];
    const { table: inner } = member;
    if (inner === undefined) return [];
    return Array.isArray(value)
      ? value.flatMap((item: object, index) => lostIn(inner, item, [...at, index]))
      : lostIn(inner, value as object, at);
  });
}

function kindOf(table: SpecTable, member: SpecMember): unknown {
  return table.type.fields.find(({ name }) => name === member.proto)?.kind;
}
