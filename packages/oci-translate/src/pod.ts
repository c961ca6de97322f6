import type { Problem } from '@hako/errors';
import type { Spec } from '@hako/oci-spec';
import {
  boolean,
  check,
  list,
  object,
  osText,
  printable,
  record,
  type Shape,
  text,
  unknown,
} from '@hako/shape';
import { TranslateError } from './error.ts';
import { parseQuantity } from './quantity.ts';
import { yamlDocuments } from './yaml-documents.ts';

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
  const { value, path } = podOf(yamlDocuments(manifest, { file, codePrefix: 'pod' }), file);
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

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

type Details = Pick<Problem, 'field' | 'rule' | 'value'>;

function problem(file: string, details: Details): Problem {
  return { severity: 'error', code: 'pod/bad-value', file, ...details };
}

function refuse(file: string, details: Details): TranslateError {
  return new TranslateError([problem(file, details)]);
}
