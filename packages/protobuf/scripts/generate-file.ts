import { posix } from 'node:path';

/** The parts of protobuf's own descriptors (as JSON) that are read here. */
export interface ProtoFile {
  readonly name: string;
  readonly package?: string;
  readonly messageType?: readonly ProtoMessage[];
  readonly enumType?: readonly ProtoEnum[];
  readonly service?: readonly ProtoService[];
  readonly sourceCodeInfo?: {
    readonly location?: readonly {
      readonly path?: readonly number[];
      readonly leadingComments?: string;
      readonly trailingComments?: string;
    }[];
  };
}
interface ProtoMessage {
  readonly name: string;
  readonly field?: readonly ProtoField[];
  readonly nestedType?: readonly ProtoMessage[];
  readonly enumType?: readonly ProtoEnum[];
  readonly options?: { readonly mapEntry?: boolean };
}
interface ProtoField {
  readonly name: string;
  readonly jsonName: string;
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly typeName?: string;
  readonly oneofIndex?: number;
}
interface ProtoEnum {
  readonly name: string;
  readonly value: readonly { readonly name: string; readonly number?: number }[];
}
interface ProtoService {
  readonly name: string;
  readonly method: readonly {
    readonly name: string;
    readonly inputType: string;
    readonly outputType: string;
    readonly clientStreaming?: boolean;
    readonly serverStreaming?: boolean;
  }[];
}

const scalars: Readonly<Record<string, readonly [kind: string, tsType: string]>> = {
  TYPE_BOOL: ['bool', 'boolean'],
  TYPE_BYTES: ['bytes', 'Uint8Array'],
  TYPE_DOUBLE: ['double', 'number'],
  TYPE_INT32: ['int32', 'number'],
  TYPE_INT64: ['int64', 'bigint'],
  TYPE_STRING: ['string', 'string'],
  TYPE_UINT32: ['uint32', 'number'],
  TYPE_UINT64: ['uint64', 'bigint'],
};

interface Declared {
  /** Name in TypeScript: nested names are joined by an underscore. */
  readonly tsName: string;
  readonly file: string;
  readonly message?: ProtoMessage;
}

/** TypeScript source for one .proto file; `all` are that file and everything it may refer to. */
export function generateFile(file: ProtoFile, all: readonly ProtoFile[]): string {
  const declared = new Map(all.flatMap(declarations));
  const comments = new Map<string, string>();
  for (const { path, leadingComments, trailingComments } of file.sourceCodeInfo?.location ?? []) {
    const text = leadingComments ?? trailingComments;
    if (text !== undefined) comments.set((path ?? []).join('.'), text);
  }
  const doc = (path: string, indent = ''): string => docComment(comments.get(path), indent);
  const imports = new Map<string, Set<string>>();
  const refer = (typeName = ''): Declared => {
    const target = declared.get(typeName);
    if (target === undefined) throw new Error(`${file.name}: unknown type ${typeName}`);
    if (target.file !== file.name) {
      imports.set(target.file, (imports.get(target.file) ?? new Set()).add(target.tsName));
    }
    return target;
  };

  /** Kind for the table, type for the interface, and cardinality of a field. */
  const fieldTypes = (field: ProtoField): { kind: string; tsType: string; cardinality: string } => {
    const many = field.label === 'LABEL_REPEATED';
    const scalar = scalars[field.type];
    if (scalar !== undefined || field.type === 'TYPE_ENUM') {
      const [kind, tsType] = scalar ?? ['int32', refer(field.typeName).tsName];
      if (many) return { kind: `'${kind}'`, tsType: `${tsType}[]`, cardinality: 'many' };
      return { kind: `'${kind}'`, tsType, cardinality: field.oneofIndex === undefined ? 'one' : 'optional' };
    }
    if (field.type !== 'TYPE_MESSAGE') throw new Error(`${file.name}: ${field.type} is not supported`);
    const entry = declared.get(field.typeName ?? '')?.message;
    if (entry?.options?.mapEntry === true) {
      const [key, value] = entry.field ?? [];
      if (key?.type !== 'TYPE_STRING' || value === undefined) {
        throw new Error(`${file.name}: only maps with string keys are supported`);
      }
      const { kind, tsType } = fieldTypes(value);
      return { kind, tsType: `Record<string, ${tsType}>`, cardinality: 'map' };
    }
    const kind = refer(field.typeName).tsName;
    return many
      ? { kind, tsType: `${kind}[]`, cardinality: 'many' }
      : { kind, tsType: kind, cardinality: 'optional' };
  };

  const enumSource = (type: ProtoEnum, tsName: string, path: string): string => {
    const values = type.value.map((value) => ({ name: value.name, number: value.number ?? 0 }));
    const literals = values.map((value) => value.number).join(' | ');
    return (
      `${doc(path)}export const ${tsName}: {\n` +
      values.map((value) => `  readonly ${value.name}: ${value.number};\n`).join('') +
      `} = { ${values.map((value) => `${value.name}: ${value.number}`).join(', ')} };\n` +
      `/** A value of ${tsName}, or a number that a newer peer sent. */\n` +
      `export type ${tsName} = ${literals} | (number & {});\n`
    );
  };

  const messageSource = (type: ProtoMessage, scope: string, path: string): string => {
    const tsName = refer(`${scope}.${type.name}`).tsName;
    let body = '';
    let rows = '';
    type.field?.forEach((field, index) => {
      const { kind, tsType, cardinality } = fieldTypes(field);
      body += doc(`${path}.2.${index}`, '  ');
      body += `  ${field.jsonName}${cardinality === 'optional' ? `?: ${tsType} | undefined` : `: ${tsType}`};\n`;
      const implied = cardinality === (field.type === 'TYPE_MESSAGE' ? 'optional' : 'one');
      rows += `  [${field.number}, '${field.jsonName}', ${kind}${implied ? '' : `, '${cardinality}'`}],\n`;
    });
    const inner = (type.enumType ?? []).map((nested, index) =>
      enumSource(nested, `${tsName}_${nested.name}`, `${path}.4.${index}`),
    );
    const nested = (type.nestedType ?? []).map((child, index) =>
      child.options?.mapEntry === true
        ? ''
        : messageSource(child, `${scope}.${type.name}`, `${path}.3.${index}`),
    );
    return [
      ...inner,
      ...nested.filter((source) => source !== ''),
      `${doc(path)}export interface ${tsName} {${body === '' ? '' : `\n${body}`}}\n` +
        `export const ${tsName}: MessageType<${tsName}> = /* @__PURE__ */ messageType('${`${scope}.${type.name}`.slice(1)}', () => [${rows === '' ? '' : `\n${rows}`}]);\n`,
    ].join('\n');
  };

  const serviceSource = (service: ProtoService, scope: string, path: string): string => {
    let types = '';
    let values = '';
    service.method.forEach((method, index) => {
      const request = refer(method.inputType).tsName;
      const response = refer(method.outputType).tsName;
      const streams = [
        method.clientStreaming === true ? 'clientStream' : '',
        method.serverStreaming === true ? 'serverStream' : '',
      ].filter((name) => name !== '');
      const mark = streams.map((name) => ` & { readonly ${name}: true }`).join('');
      types += `${doc(`${path}.2.${index}`, '    ')}    readonly ${method.name}: MethodType<${request}, ${response}>${mark};\n`;
      const flags = streams.map((name) => `, ${name}: true`).join('');
      values += `    ${method.name}: { request: ${request}, response: ${response}${flags} },\n`;
    });
    const name = `${scope}.${service.name}`.slice(1);
    return (
      `${doc(path)}export interface ${service.name} {\n  readonly name: '${name}';\n  readonly methods: {\n${types}  };\n}\n` +
      `export const ${service.name}: ${service.name} = {\n  name: '${name}',\n  methods: {\n${values}  },\n};\n`
    );
  };

  const scope = file.package === undefined ? '' : `.${file.package}`;
  const parts = [
    ...(file.enumType ?? []).map((type, index) =>
      enumSource(type, refer(`${scope}.${type.name}`).tsName, `5.${index}`),
    ),
    ...(file.messageType ?? []).map((type, index) => messageSource(type, scope, `4.${index}`)),
    ...(file.service ?? []).map((service, index) => serviceSource(service, scope, `6.${index}`)),
  ];
  const library = [
    file.messageType === undefined ? '' : 'type MessageType',
    file.service === undefined ? '' : 'type MethodType',
    file.messageType === undefined ? '' : 'messageType',
  ].filter((name) => name !== '');
  const head = [
    `// Generated from proto/${file.name} by the package's generate script. Do not edit.`,
    ...(library.length === 0 ? [] : [`import { ${library.join(', ')} } from '@hako/protobuf';`]),
    ...[...imports]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([from, names]) =>
          `import { ${[...names].toSorted((a, b) => (a < b ? -1 : 1)).join(', ')} } from '${relativeImport(file.name, from)}';`,
      ),
  ].join('\n');
  return `${head}\n\n${parts.join('\n')}`;
}

function relativeImport(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to).replace(/\.proto$/, '.ts');
  return path.startsWith('.') ? path : `./${path}`;
}

function declarations(file: ProtoFile): [string, Declared][] {
  const result: [string, Declared][] = [];
  const visit = (
    scope: string,
    prefix: string,
    messages: readonly ProtoMessage[],
    enums: readonly ProtoEnum[],
  ): void => {
    for (const type of enums)
      result.push([`${scope}.${type.name}`, { tsName: prefix + type.name, file: file.name }]);
    for (const message of messages) {
      const tsName = prefix + message.name;
      result.push([`${scope}.${message.name}`, { tsName, file: file.name, message }]);
      visit(`${scope}.${message.name}`, `${tsName}_`, message.nestedType ?? [], message.enumType ?? []);
    }
  };
  const scope = file.package === undefined ? '' : `.${file.package}`;
  visit(scope, '', file.messageType ?? [], file.enumType ?? []);
  return result;
}

function docComment(text: string | undefined, indent: string): string {
  if (text === undefined) return '';
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trim());
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}
