import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MessageType, ServiceType } from '@hako/protobuf';
import { expect, test } from 'vitest';
import * as cgroupsV1 from '../src/cgroups-v1.ts';
import * as cgroupsV2 from '../src/cgroups-v2.ts';
import * as protocol from '../src/index.ts';

/** The shim interface as containerd 2.3.4 has it, as a table; this package's .proto files were written from it. */
interface FactFile {
  readonly file: string;
  readonly package: string;
  readonly services?: readonly {
    readonly name: string;
    readonly methods: readonly {
      readonly name: string;
      readonly request: string;
      readonly response: string;
    }[];
  }[];
  readonly enums?: readonly FactEnum[];
  readonly messages: readonly {
    readonly name: string;
    readonly fields: readonly FactField[];
    readonly enums?: readonly FactEnum[];
  }[];
}
interface FactEnum {
  readonly name: string;
  readonly values: Readonly<Record<string, number>>;
}
interface FactField {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly label: 'singular' | 'repeated' | 'optional' | 'map';
  readonly oneof?: string;
}

const facts: { readonly files: readonly FactFile[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'data/task-api.json'), 'utf8'),
);
const exported: readonly unknown[] = [protocol, cgroupsV1, cgroupsV2].flatMap((each) => Object.values(each));
const messages = new Map(exported.filter(isMessageType).map((type) => [type.typeName, type]));
const services = exported.filter(isService);
const enums = facts.files.flatMap((file) => [
  ...(file.enums ?? []).map((type) => type.name),
  ...file.messages.flatMap((message) => (message.enums ?? []).map((type) => type.name)),
]);

for (const file of facts.files) {
  for (const message of file.messages) {
    test(`${file.package}.${message.name} has the fields of the table`, () => {
      const type = messages.get(`${file.package}.${message.name}`);
      expect(
        type?.fields.map(({ number, name, kind, cardinality }) => [
          number,
          name,
          kindName(kind),
          cardinality,
        ]),
      ).toEqual(
        message.fields.map((field) => [
          field.number,
          camelCase(field.name),
          ...expectedKind(field, file.package),
        ]),
      );
    });
    for (const type of message.enums ?? []) {
      test(`${message.name}.${type.name} has the values of the table`, () => {
        expect(Reflect.get(protocol, `${message.name}_${type.name}`)).toEqual(type.values);
      });
    }
  }
  for (const type of file.enums ?? []) {
    test(`${type.name} has the values of the table`, () => {
      expect(Reflect.get(protocol, type.name === 'Status' ? 'TaskStatus' : type.name)).toEqual(type.values);
    });
  }
  for (const service of file.services ?? []) {
    test(`${file.package}.${service.name} has the methods of the table, all unary`, () => {
      const type = services.find(({ name }) => name === `${file.package}.${service.name}`);
      expect(
        Object.entries(type?.methods ?? {}).map(([name, method]) => ({
          name,
          request: method.request.typeName,
          response: method.response.typeName,
          stream: method.clientStream ?? method.serverStream ?? false,
        })),
      ).toEqual(
        service.methods.map(({ name, request, response }) => ({
          name,
          request: fullName(request, file.package),
          response: fullName(response, file.package),
          stream: false,
        })),
      );
    });
  }
}

const wellKnown = ['google.protobuf.Any', 'google.protobuf.Empty', 'google.protobuf.Timestamp'];

test('nothing is exported that the table does not have', () => {
  const known = facts.files.flatMap((file) =>
    file.messages.map((message) => `${file.package}.${message.name}`),
  );
  expect([...messages.keys()].toSorted()).toEqual([...known, ...wellKnown].toSorted());
});

function isService(value: unknown): value is ServiceType {
  return typeof value === 'object' && value !== null && 'methods' in value;
}

function isMessageType(value: unknown): value is MessageType<object> {
  return typeof value === 'object' && value !== null && 'typeName' in value && 'fields' in value;
}

function kindName(kind: string | MessageType<object>): string {
  return typeof kind === 'string' ? kind : kind.typeName;
}

/** Kind and cardinality that the codec's table must have for a row of the facts. */
function expectedKind(field: FactField, scope: string): [kind: string, cardinality: string] {
  const type = /^map<string, (\w+)>$/.exec(field.type)?.[1] ?? field.type;
  const isEnum = enums.includes(type.replace(/^.*\./, ''));
  const scalar = isEnum ? 'int32' : /^(bool|bytes|double|string|u?int(32|64))$/.exec(type)?.[0];
  const kind = scalar ?? fullName(type, scope);
  if (field.label === 'map') return [kind, 'map'];
  if (field.label === 'repeated') return [kind, 'many'];
  const presence = field.label === 'optional' || field.oneof !== undefined || scalar === undefined;
  return [kind, presence ? 'optional' : 'one'];
}

function fullName(type: string, scope: string): string {
  return type.includes('.') ? type : `${scope}.${type}`;
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
