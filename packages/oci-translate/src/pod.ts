import type { Problem } from '@hako/errors';
import type { Spec } from '@hako/oci-spec';
import {
  boolean,
  check,
  decodeUtf8,
  list,
  object,
  osText,
  printable,
  record,
  type Shape,
  text,
  unknown,
} from '@hako/shape';
import { type Document, isAlias, isMap, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import { TranslateError } from './error.ts';
import { parseQuantity } from './quantity.ts';

/** What a pod's sandbox would be asked for, as a CRI runtime would say it. */
export interface PodSandbox {
  /** `namespace/name` */
  readonly name: string;
  /** config.json of the pod's first container, with the pod's limits in the annotations of the CRI. */
  readonly spec: Spec;
  /** Names of the containers, in order. */
  readonly containers: readonly string[];
}

type Quantities = Readonly<Record<string, unknown>>;

interface PodContainer {
  readonly name?: string;
  readonly resources?: { readonly limits?: Quantities; readonly requests?: Quantities };
}

interface PodTemplate {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly PodContainer[];
    readonly initContainers?: readonly PodContainer[];
    readonly overhead?: Quantities;
    readonly hostNetwork?: boolean;
    readonly hostname?: string;
  };
}

const quantities = record(unknown);
const resources = object<NonNullable<PodContainer['resources']>>(
  { limits: quantities, requests: quantities },
  {},
);
const container = object<PodContainer>({ name: osText, resources }, {});
const podShape: Shape<PodTemplate> = object<PodTemplate>(
  {
    metadata: object<NonNullable<PodTemplate['metadata']>>(
      { name: osText, namespace: osText, annotations: record(text) },
      {},
    ),
    spec: object<PodTemplate['spec']>(
      {
        containers: list(container),
        initContainers: list(container),
        overhead: quantities,
        hostNetwork: boolean,
        hostname: osText,
      },
      { containers: true },
    ),
  },
  { spec: true },
);

/** Where a pod is in the kinds of manifest that have one. */
const templatePaths: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['Pod', []],
  ['PodTemplate', ['template']],
  ...['Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'Job'].map(
    (kind) => [kind, ['spec', 'template']] as const,
  ),
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/**
 * Longest manifest, in UTF-16 units or bytes. Kubernetes stores objects of up to 1.5 MiB, and 256 KiB of annotations;
 * a YAML parser can be made to take a minute for a few MiB.
 */
const maxLength = 1024 * 1024;

/**
 * Reads a Kubernetes manifest (YAML or JSON) of a pod, or of something with a pod template, and gives what its
 * sandbox would be asked for: annotations, and limits of all containers as the CRI adds them up. Other documents of
 * a stream, a Service beside its Deployment, are passed over; two pods in one stream are one too many.
 *
 * Throws `TranslateError` with every problem found.
 */
export function readPod(
  manifest: string | Uint8Array,
  { file = 'pod.yaml' }: { readonly file?: string } = {},
): PodSandbox {
  const { value, path } = podOf(parseManifest(textOf(manifest, file), file), file);
  const pod = path.reduce<unknown>(member, value);
  const ownerName = member(member(value, 'metadata'), 'name');
  const { problems } = check(podShape, pod, { codePrefix: 'pod', file, path: path.join('.') });
  if (problems.length > 0) throw new TranslateError(problems);
  return sandboxOf(pod as PodTemplate, file, path, typeof ownerName === 'string' ? ownerName : 'pod');
}

/** @param ownerName for a template without a name of its own */
function sandboxOf(pod: PodTemplate, file: string, path: readonly string[], ownerName: string): PodSandbox {
  const problems: Problem[] = [];
  const amount = (field: string, value: unknown): number | undefined => {
    if (value === undefined || value === null) return undefined;
    const read =
      typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined;
    if (read === undefined)
      problems.push(
        problem(file, {
          field: [...path, field].join('.'),
          value: printable(value),
          rule: 'must be a quantity such as 500m or 1Gi',
        }),
      );
    return read;
  };
  const limits = podLimits(pod.spec, amount);
  if (problems.length > 0) throw new TranslateError(problems);
  const { name = ownerName, namespace = 'default', annotations = {} } = pod.metadata ?? {};
  return {
    name: `${namespace}/${name}`,
    containers: pod.spec.containers.map((one, index) => one.name ?? `container ${index}`),
    spec: {
      ociVersion: '1.2.0',
      process: { cwd: '/', args: ['/pause'] },
      root: { path: 'rootfs', readonly: true },
      hostname: pod.spec.hostname ?? name,
      annotations: { ...annotations, ...criAnnotations(name, namespace, limits) },
      linux: {
        namespaces: pod.spec.hostNetwork === true ? [] : [{ type: 'network', path: '/run/netns/of-the-pod' }],
        resources: {},
      },
    },
  };
}

interface FoundPod {
  readonly value: unknown;
  /** Where the pod is in the document. */
  readonly path: readonly string[];
}

function podOf(documents: readonly unknown[], file: string): FoundPod {
  const found = documents.flatMap((value) => {
    const kind = member(value, 'kind');
    const path = typeof kind === 'string' ? templatePaths.get(kind) : undefined;
    return path === undefined ? [] : [{ value, path }];
  });
  const [pod, ...others] = found;
  if (pod !== undefined && others.length === 0) return pod;
  if (pod !== undefined)
    throw refuse(file, {
      field: '',
      value: found.map(({ value }) => printable(member(value, 'kind'))).join(', '),
      rule: 'must hold one pod, not several',
    });
  throw refuse(file, {
    field: 'kind',
    value: documents.map((value) => printable(member(value, 'kind') ?? '')).join(', '),
    rule: `must be one of ${[...templatePaths.keys()].join(', ')}`,
  });
}

interface Limits {
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly requestedCpus: number;
}

type Amount = (field: string, value: unknown) => number | undefined;

/** Sums as the kubelet makes them: a limit counts only if every container has one. */
function podLimits(spec: PodTemplate['spec'], amount: Amount): Limits {
  const total = (kind: 'limits' | 'requests', name: string): number | undefined => {
    const of = (list: 'containers' | 'initContainers'): (number | undefined)[] =>
      (spec[list] ?? []).map((one, index) =>
        amount(`spec.${list}[${index}].resources.${kind}.${name}`, one.resources?.[kind]?.[name]),
      );
    const [main, init] = [of('containers'), of('initContainers')];
    const overhead = amount(`spec.overhead.${name}`, spec.overhead?.[name]) ?? 0;
    if (kind === 'limits' && [...main, ...init].some((one) => one === undefined)) return undefined;
    const sum = main.reduce<number>((before, one) => before + (one ?? 0), 0);
    return Math.max(sum, ...init.map((one) => one ?? 0)) + overhead;
  };
  const cpus = total('limits', 'cpu');
  const memoryBytes = total('limits', 'memory');
  return {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    requestedCpus: total('requests', 'cpu') ?? 0,
  };
}

function criAnnotations(name: string, namespace: string, limits: Limits): Record<string, string> {
  const prefix = 'io.kubernetes.cri.';
  const period = 100_000;
  return {
    [`${prefix}container-type`]: 'sandbox',
    [`${prefix}sandbox-name`]: name,
    [`${prefix}sandbox-namespace`]: namespace,
    [`${prefix}sandbox-cpu-period`]: String(period),
    [`${prefix}sandbox-cpu-quota`]: String(limits.cpus === undefined ? 0 : Math.ceil(limits.cpus * period)),
    [`${prefix}sandbox-cpu-shares`]: String(Math.max(2, Math.floor(limits.requestedCpus * 1024))),
    [`${prefix}sandbox-memory`]: String(Math.ceil(limits.memoryBytes ?? 0)),
  };
}

function textOf(manifest: string | Uint8Array, file: string): string {
  if (manifest.length > maxLength)
    throw refuse(file, { field: '', rule: `must not be longer than ${maxLength} bytes` });
  const text = typeof manifest === 'string' ? manifest : decodeUtf8(manifest);
  if (typeof text === 'string') return text;
  const { line, offset } = text;
  throw refuse(file, { field: '', line, rule: `must be UTF-8, but byte ${offset} is not` });
}

/** The documents of a stream, each an object; empty ones are passed over. */
function parseManifest(manifest: string, file: string): readonly unknown[] {
  if (manifest.split('\n---').length > maxDocuments)
    throw refuse(file, { field: '', rule: `must not hold more than ${maxDocuments} documents` });
  const lines = new LineCounter();
  // The library compares each key with all others; `repeatedKeys` takes one look at each.
  const parsed = parseAllDocuments(manifest, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const documents = 'empty' in parsed ? [] : parsed.filter((document) => !isEmpty(document));
  const wrong = documents.flatMap((document) =>
    document.errors.length > 0 ? document.errors : repeatedKeys(document),
  );
  const errors = wrong.slice(0, 100).map(({ message, pos: [offset] }) => {
    const { line, col } = lines.linePos(offset);
    const rule = /call stack/.test(message)
      ? 'must not be nested that deeply'
      : `must be YAML or JSON: ${message}`;
    return problem(file, { field: '', line, column: col, rule }, 'pod/not-yaml');
  });
  if (errors.length > 0) throw new TranslateError(errors);
  if (documents.length === 0) throw refuse(file, { field: '', rule: 'must be an object' });
  return documents.map((document) => dataOf(document, file));
}

/** Documents of one stream; each costs. */
const maxDocuments = 1000;

function isEmpty({ contents, errors }: Document): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));
}

interface YamlError {
  readonly message: string;
  readonly pos: readonly [number, ...number[]];
}

function repeatedKeys(document: Document): YamlError[] {
  const errors: YamlError[] = [];
  visit(document, {
    Map: (_key, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value))
          errors.push({ message: 'Map keys must be unique', pos: [key.range?.[0] ?? 0] });
        seen.add(key.value);
      }
    },
  });
  return errors;
}

function dataOf(document: Document, file: string): unknown {
  let aliases = 0;
  visit(document, (_key, node) => {
    if (isAlias(node)) aliases++;
  });
  if (aliases > 100) throw refuse(file, { field: '', rule: 'must not have more than 100 aliases' });
  if (!isMap(document.contents)) throw refuse(file, { field: '', rule: 'must be an object' });
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    // Aliases of aliases, or of themselves: small as text, endless as data.
    const rule = `must not use aliases like this: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new TranslateError([problem(file, { field: '', rule })], cause);
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

type Details = Pick<Problem, 'field' | 'rule' | 'value' | 'line' | 'column'>;

function problem(file: string, details: Details, code = 'pod/bad-value'): Problem {
  return { severity: 'error', code, file, ...details };
}

function refuse(file: string, details: Details): TranslateError {
  return new TranslateError([problem(file, details)]);
}
