import { absolutePath, int32, list, object, osText, type Shape } from '@hako/shape';

/** Programs run at points of the container's life. config.md "POSIX-platform Hooks". */
export interface Hooks {
  /** Deprecated by the specification, still honoured. */
  readonly prestart?: readonly Hook[];
  readonly createRuntime?: readonly Hook[];
  readonly createContainer?: readonly Hook[];
  readonly startContainer?: readonly Hook[];
  readonly poststart?: readonly Hook[];
  readonly poststop?: readonly Hook[];
}

export interface Hook {
  /** Absolute path. */
  readonly path: string;
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
}

const hooks = list(
  object<Hook>({ path: absolutePath, args: list(osText), env: list(osText), timeout: int32 }, { path: true }),
);

export const hooksShape: Shape<Hooks> = object<Hooks>(
  {
    prestart: hooks,
    createRuntime: hooks,
    createContainer: hooks,
    startContainer: hooks,
    poststart: hooks,
    poststop: hooks,
  },
  {},
);
