import type { MessageType } from '@hako/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fieldsLost,
  processFromProto,
  processToProto,
  resourcesFromProto,
  resourcesToProto,
  Spec,
  specFromProto,
  specToProto,
} from './index.ts';
import { type SpecTable, specTable } from './spec-table.ts';

const text = fc.string({ minLength: 1, unit: 'grapheme' });
const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: text,
  bool: fc.constant(true),
  uint32: fc.integer({ min: 1, max: 0xffffffff }),
  int32: fc.integer({ min: 1, max: 0x7fffffff }),
  int64: fc.oneof(
    fc.integer({ min: 1 }),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.constant(-1),
  ),
  uint64: fc.oneof(fc.integer({ min: 1 }), fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n })),
};

/** Any JSON object of a table whose members all have a value that is neither empty nor 0. */
function anyOf(table: SpecTable): fc.Arbitrary<Record<string, unknown>> {
  const members = table.members.map(({ json, proto, table: inner, whenAbsent }) => {
    const field = table.type.fields.find(({ name }) => name === proto);
    if (field === undefined) throw new Error(`${table.type.typeName} has no field ${proto}`);
    const scalar = whenAbsent === undefined ? values[field.kind as string] : fc.nat();
    const value = inner === undefined ? (scalar as fc.Arbitrary<unknown>) : anyOf(inner);
    switch (field.cardinality) {
      case 'many':
        return [json, fc.array(value, { minLength: 1, maxLength: 3 })] as const;
      case 'map':
        return [json, fc.dictionary(text, value, { minKeys: 1, maxKeys: 3 })] as const;
      default:
        return [json, value] as const;
    }
  });
  const kept = table.members.filter(({ zero, whenAbsent }) => zero === 'kept' && whenAbsent === undefined);
  const optional = kept.filter(({ json }) => json === 'errnoRet').map(({ json }) => json);
  return fc.record(Object.fromEntries(members), {
    requiredKeys: kept.map(({ json }) => json).filter((json) => !optional.includes(json)),
  });
}

type AnySpec = Parameters<typeof specToProto>[0];
const anySpec = anyOf(specTable) as unknown as fc.Arbitrary<AnySpec>;

describe('round trip', () => {
  test('whatever the protocol can carry comes out of the guest as it went in', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        expect(fieldsLost(spec)).toEqual([]);
        expect(specFromProto(Spec.decode(Spec.encode(specToProto(spec))))).toEqual(spec);
      }),
    );
  });

  test('the table covers the message', () => {
    const missing: string[] = [];
    const visit = (table: SpecTable): void => {
      for (const field of table.type.fields) {
        const member = table.members.find(({ proto }) => proto === field.name);
        if (member === undefined) missing.push(`${table.type.typeName}.${field.name}`);
        else if (member.table !== undefined) {
          expect((field.kind as MessageType<object>).typeName).toBe(member.table.type.typeName);
          visit(member.table);
        } else expect(typeof field.kind).toBe('string');
      }
      expect(table.members.length).toBeLessThanOrEqual(table.type.fields.length);
    };
    visit(specTable);
    expect(missing).toEqual(['grpc.Spec.Solaris', 'grpc.Spec.Windows']);
  });

  test('a process and resources alone', () => {
    const process = { cwd: '/', user: { uid: 0, gid: 7 }, args: ['sh'], oomScoreAdj: -5 };
    expect(processFromProto(processToProto(process))).toEqual(process);
    const resources = { memory: { limit: 2 ** 40, swap: -1 }, unified: { 'memory.high': 'max' } };
    expect(resourcesFromProto(resourcesToProto(resources))).toEqual({ memory: { limit: 2 ** 40, swap: -1 } });
  });
});

describe('what 0 and absence become', () => {
  test('a device rule without numbers stays a rule for all of them', () => {
    const devices = [
      { allow: false, access: 'rwm' },
      { allow: true, type: 'c', major: 0, minor: -1, access: 'r' },
    ];
    const message = resourcesToProto({ devices });
    expect(message.Devices[0]).toMatchObject({ Major: -1n, Minor: -1n });
    expect(resourcesFromProto(message)).toEqual({
      devices: [
        { allow: false, access: 'rwm' },
        { allow: true, type: 'c', major: 0, access: 'r' },
      ],
    });
  });

  test('a process without a score gets 0, not the score of the agent', () => {
    expect(processFromProto(processToProto({ cwd: '/' }))).toEqual({ cwd: '/', oomScoreAdj: 0 });
  });

  test('a seccomp errno of 0 is told from none', () => {
    const linux = {
      seccomp: {
        defaultAction: 'SCMP_ACT_ERRNO',
        syscalls: [
          { names: ['read'], action: 'SCMP_ACT_ERRNO', errnoRet: 0 },
          { names: ['write'], action: 'SCMP_ACT_ALLOW' },
        ],
      },
    };
    expect(specFromProto(specToProto({ ociVersion: '1.2.0', linux } as AnySpec))).toEqual({
      ociVersion: '1.2.0',
      linux,
    });
  });

  test('lists and objects that are empty are left out', () => {
    expect(
      specFromProto(specToProto({ ociVersion: '1.0.0', mounts: [], annotations: {} } as AnySpec)),
    ).toEqual({
      ociVersion: '1.0.0',
    });
  });
});

test('what is lost is named by its path; what the host keeps for itself is not', () => {
  const spec = {
    ociVersion: '1.2.0',
    domainname: 'x',
    vm: { kernel: { path: '/k' } },
    process: { cwd: '/', user: { uid: 0, gid: 0, umask: 18 }, scheduler: { policy: 'SCHED_IDLE' } },
    mounts: [{ destination: '/a' }, { destination: '/b', uidMappings: [] }],
    linux: {
      timeOffsets: { boottime: { secs: 1 } },
      resources: { memory: { swappiness: 0 }, cpu: { burst: 5 }, unified: { a: 'b' } },
      devices: [{ type: 'c', path: '/dev/x', fileMode: 0 }],
    },
  };
  const lost = fieldsLost(spec);
  expect(lost).toEqual([
    'domainname',
    'process.user.umask',
    'process.scheduler',
    'mounts[1].uidMappings',
    'linux.timeOffsets',
    'linux.resources.memory.swappiness',
    'linux.resources.cpu.burst',
    'linux.resources.unified',
    'linux.devices[0].fileMode',
  ]);
});
