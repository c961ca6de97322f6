import { int32, object, oneOf, osText, record, type Shape, text } from '@hako/shape';

/** What `state` prints. OCI runtime specification 1.2, runtime.md "State". */
export interface State {
  readonly ociVersion: string;
  readonly id: string;
  readonly status: 'creating' | 'created' | 'running' | 'stopped' | 'paused';
  /** Process id on the host; absent once the container has stopped. */
  readonly pid?: number;
  /** Absolute path of the bundle. */
  readonly bundle: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Shape of the state; `paused` is not in the specification but all runtimes print it. */
export const stateShape: Shape<State> = object<State>(
  {
    ociVersion: osText,
    id: osText,
    status: oneOf(['creating', 'created', 'running', 'stopped', 'paused']),
    pid: int32,
    bundle: osText,
    annotations: record(text),
  },
  { ociVersion: true, id: true, status: true, bundle: true },
);
