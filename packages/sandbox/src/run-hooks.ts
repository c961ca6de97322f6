import { spawn } from 'node:child_process';
import type { Hook } from '@hako/oci-spec';
import { stringifyJson } from '@hako/oci-spec/json';
import type { ContainerConfig } from '@hako/oci-translate';
import { OCI_VERSION } from './oci-version.ts';
import { sandboxError } from './sandbox-error.ts';

/** Kinds of hooks that run on the host. The others, createContainer and startContainer, are crun's in the guest. */
export type HostHookKind = 'prestart' | 'createRuntime' | 'poststart' | 'poststop';

/** What a hook is told of its container on stdin, as the specification's state. */
export interface HookState {
  readonly id: string;
  readonly status: 'creating' | 'running' | 'stopped';
  /** Host process that stands for the container; absent once it has stopped. */
  readonly pid?: number;
  readonly bundle: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const MAX_STDERR_BYTES = 4096;

/**
 * Runs hooks one after the other, each as its own process group in this process's namespaces, with the bundle as
 * working directory, the hook's environment and no other, and the state on stdin (OCI runtime specification,
 * config.md "POSIX-platform Hooks"). The first that fails, or is not done within its timeout, ends the rest.
 *
 * @param signal ends the hook that runs
 * @throws SandboxError `hook-failed` naming the hook and its last words
 */
export async function runHooks(
  kind: HostHookKind,
  hooks: readonly Hook[] | undefined,
  state: HookState,
  signal?: AbortSignal,
): Promise<void> {
  for (const [index, hook] of (hooks ?? []).entries()) {
    const failure = await runHook(hook, state, signal);
    if (failure !== undefined) {
      throw sandboxError('hook-failed', `hook ${kind}[${index}] ${hook.path} ${failure}`, { id: state.id });
    }
  }
}

/** Runs every hook, whichever fail, and answers what failed: the specification's rule for poststop. */
export async function runAllHooks(
  kind: HostHookKind,
  hooks: readonly Hook[] | undefined,
  state: HookState,
): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const [index, hook] of (hooks ?? []).entries()) {
    const failure = await runHook(hook, state);
    if (failure !== undefined) failures.push(`hook ${kind}[${index}] ${hook.path} ${failure}`);
  }
  return failures;
}

/** Why the hook failed, or undefined. */
function runHook(hook: Hook, state: HookState, signal?: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const [argv0 = hook.path, ...args] = hook.args ?? [];
    const child = spawn(hook.path, args, {
      argv0,
      cwd: state.bundle,
      env: environment(hook.env ?? []),
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
    });
    let words = '';
    let ended: string | undefined;
    const end = (why: string): void => {
      ended ??= why;
      killGroup(child.pid);
    };
    const cancel = (): void => end('was ended with the sandbox');
    signal?.addEventListener('abort', cancel);
    child.stderr.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString('latin1')).slice(-MAX_STDERR_BYTES);
    });
    const timer =
      hook.timeout === undefined
        ? undefined
        : setTimeout(() => end(`was not done within ${hook.timeout} s`), hook.timeout * 1000);
    const done = (failure: string | undefined): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      // What it left behind may hold the pipe.
      child.stderr.destroy();
      resolve(failure);
    };
    child.once('error', (error) => done(`cannot be run: ${error.message}`));
    child.once('exit', (status, signal) => {
      if (ended !== undefined) done(ended);
      else if (status === 0) done(undefined);
      else {
        const how = status === null ? `was ended by ${signal}` : `failed with status ${status}`;
        done(words.trim() === '' ? how : `${how}: ${words.trim()}`);
      }
    });
    // A hook need not read its state.
    child.stdin.on('error', () => {});
    child.stdin.end(stringifyJson({ ociVersion: OCI_VERSION, ...state }));
  });
}

function environment(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const equals = entry.indexOf('=');
      return equals === -1 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

/** What hooks are told of a container. */
export function hookState(
  { id, bundlePath, spec }: ContainerConfig,
  status: 'creating' | 'running',
  pid: number,
): HookState {
  return {
    id,
    status,
    pid,
    bundle: bundlePath,
    ...(spec.annotations === undefined ? {} : { annotations: spec.annotations }),
  };
}
