import { CodedError, isCodedError, type Problem } from '@hako/errors';

/**
 * Why the backend failed.
 *
 * | code | when |
 * | --- | --- |
 * | `host-not-ready` | something on the host is missing or unusable; `problems` has all of it |
 * | `accelerator-unavailable` | KVM was demanded and does not boot this kernel |
 * | `start-failed` | QEMU or virtiofsd could not be executed, or ended before the machine ran |
 * | `start-timeout` | QEMU did not answer in time; it was killed |
 * | `vm-exited` | the call needs a running VM and it has ended |
 * | `device-exists` | a device of that id is plugged in already |
 * | `no-free-slot` | the machine has no place for one more device |
 * | `unplug-refused` | the guest did not let a device go |
 * | `template-failed` | a machine could not be saved as a template, or started as a copy of one |
 * | `aborted` | the caller's signal ended the launch |
 *
 * What the monitor refuses is a QmpError of @hako/qmp.
 */
export type QemuErrorCode =
  | 'host-not-ready'
  | 'accelerator-unavailable'
  | 'start-failed'
  | 'start-timeout'
  | 'vm-exited'
  | 'device-exists'
  | 'no-free-slot'
  | 'unplug-refused'
  | 'size-refused'
  | 'template-failed'
  | 'aborted';

export interface QemuErrorFacts {
  readonly problems?: readonly Problem[];
  /** Program that could not be started, or ended. */
  readonly program?: string;
  readonly exitCode?: number | null;
  readonly signal?: string | null;
  /** Last lines, control characters made visible. */
  readonly stderrTail?: readonly string[];
  readonly guestConsoleTail?: readonly string[];
  readonly timeoutMs?: number;
  /** What a probe found. */
  readonly description?: string;
  /** Id of a device. */
  readonly device?: string;
}

export class QemuError extends CodedError<QemuErrorCode, QemuErrorFacts> {
  override readonly name = 'QemuError';
}

export function qemuError(
  code: QemuErrorCode,
  message: string,
  facts: QemuErrorFacts = {},
  cause?: unknown,
): QemuError {
  return new QemuError(code, message, { facts, cause });
}

/** True for a QemuError, also of another installed copy of this package. */
export function isQemuError(value: unknown): value is QemuError {
  return isCodedError(value) && value.name === 'QemuError';
}
