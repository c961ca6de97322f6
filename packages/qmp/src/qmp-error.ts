import { CodedError, isCodedError } from '@hako/errors';

/**
 * Why a call failed.
 *
 * | code | when |
 * | --- | --- |
 * | `closed` | the connection ended, before or during the call |
 * | `timeout` | QEMU did not answer in time; a command may still take effect |
 * | `protocol` | QEMU sent something that is no QMP, too much of it, or a reply of the wrong shape |
 * | `command-failed` | QEMU refused the command; `qmpClass` and `description` are its own words |
 */
export type QmpErrorCode = 'closed' | 'timeout' | 'protocol' | 'command-failed';

export interface QmpErrorFacts {
  /** E.g. `query-status`. */
  readonly command?: string;
  readonly timeoutMs?: number;
  /** QEMU's class of errors: `GenericError`, `DeviceNotFound` ... */
  readonly qmpClass?: string;
  readonly description?: string;
}

export class QmpError extends CodedError<QmpErrorCode, QmpErrorFacts> {
  override readonly name = 'QmpError';
}

export function qmpError(
  code: QmpErrorCode,
  message: string,
  facts: QmpErrorFacts = {},
  cause?: unknown,
): QmpError {
  return new QmpError(code, message, { facts, cause });
}

/** True for a QmpError, also of another installed copy of this package. */
export function isQmpError(value: unknown): value is QmpError {
  return isCodedError(value) && value.name === 'QmpError';
}
