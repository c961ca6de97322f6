import { ProgramData } from './program-data.ts';
import type { Argument, Step } from './step.ts';
import { syscallNumber } from './syscall-number.ts';
import { SyscallProgramError } from './syscall-program-error.ts';
import { utf8 } from './utf8.ts';
import { X64Code } from './x64-code.ts';

export interface ProgramOptions {
  /** Put before the message of a failed step: `stage 1: `. Default empty. */
  readonly name?: string;
  /** Label to go to when a step has failed and its message is written. Default: exit with the errno as status. */
  readonly onFailure?: string;
}

const baseAddress = 0x400000;
const headerSize = 64 + 56;
const failureLabel = '\0failure';

/**
 * Makes a static executable (ELF, x86-64 Linux) that makes the given system calls in order and exits with status 0.
 *
 * When a call fails whose step does not say otherwise, the program writes `NAME WHAT: errno NNN` to descriptor 2 and
 * exits with the errno as its status. Everything is resolved here: the program has no loader, no libc, no heap, a few
 * hundred bytes of code, and starts in the time of the bare execve.
 *
 * @throws SyscallProgramError for a name that nothing defines, or a step that cannot be encoded.
 */
export function encodeProgram(steps: readonly Step[], options: ProgramOptions = {}): Uint8Array {
  const code = new X64Code();
  const data = new ProgramData();
  const variables = new Map<string, number>();
  for (const step of steps) {
    if ('variable' in step) {
      const content = typeof step.bytes === 'number' ? new Uint8Array(step.bytes) : step.bytes;
      variables.set(step.variable, data.bytes(content));
    } else if ('call' in step && step.result !== undefined && !variables.has(step.result)) {
      variables.set(step.result, data.bytes(new Uint8Array(8)));
    }
  }
  const ownArguments = data.bytes(new Uint8Array(8));
  code.storeArguments(ownArguments);
  const labels = new Set(steps.flatMap((step) => ('label' in step ? [step.label] : [])));
  if (options.onFailure !== undefined && !labels.has(options.onFailure)) {
    throw new SyscallProgramError('unknown-name', `no label ${options.onFailure}`, { facts: { step: -1 } });
  }
  const failures: { readonly label: string; readonly message: string }[] = [];

  steps.forEach((step, index) => {
    const wrong = (what: string): never => {
      throw new SyscallProgramError('unknown-name', what, { facts: { step: index } });
    };
    const place = (name: string, offset = 0): number =>
      (variables.get(name) ?? wrong(`no variable ${name}`)) + offset;
    const target = (label: string): string => (labels.has(label) ? label : wrong(`no label ${label}`));

    if ('label' in step) code.label(step.label);
    else if ('goto' in step && !('ifEqual' in step)) code.jump(target(step.goto));
    else if ('ifEqual' in step) {
      const [left, right] = step.ifEqual;
      code.jumpIfEqual(
        place(left.value, left.offset),
        typeof right === 'number' ? right : { data: place(right.value, right.offset) },
        target(step.goto),
      );
    } else if ('call' in step) {
      if (step.args.length > 6) {
        throw new SyscallProgramError('bad-step', 'a system call has at most six arguments', {
          facts: { step: index },
        });
      }
      step.args.forEach((argument, position) => {
        load(code, data, position, argument, place, ownArguments);
      });
      code.systemCall(syscallNumber(step.call));
      if (step.result !== undefined) code.storeResult(place(step.result));
      const onError = step.onError ?? 'fail';
      if (typeof onError === 'object') code.jumpIfNegative(target(onError.goto));
      else if (onError === 'fail') {
        const label = `${failureLabel}${index}`;
        failures.push({ label, message: `${options.name ?? ''}${step.what ?? step.call}: errno ` });
        code.jumpIfNegative(label);
      }
    }
  });
  exit(code, 0);
  if (failures.length > 0) appendFailurePath(code, data, failures, options.onFailure);
  return link(code, data);
}

function load(
  code: X64Code,
  data: ProgramData,
  position: number,
  argument: Argument,
  place: (name: string, offset?: number) => number,
  ownArguments: number,
): void {
  if (typeof argument === 'number') code.loadImmediate(position, argument);
  else if (typeof argument === 'string') code.loadAddress(position, data.string(argument));
  else if (argument instanceof Uint8Array) code.loadAddress(position, data.bytes(argument));
  else if ('strings' in argument) code.loadAddress(position, data.strings(argument.strings));
  else if ('own' in argument) code.loadValue(position, ownArguments, 8);
  else if ('address' in argument) code.loadAddress(position, place(argument.address));
  else code.loadValue(position, place(argument.value, argument.offset), argument.size ?? 8);
}

function exit(code: X64Code, status: number): void {
  code.loadImmediate(0, status);
  code.systemCall(syscallNumber('exit'));
}

/** Writes `MESSAGE NNN\n` to descriptor 2, then exits with the errno or goes on at `onFailure`. */
function appendFailurePath(
  code: X64Code,
  data: ProgramData,
  failures: readonly { readonly label: string; readonly message: string }[],
  onFailure: string | undefined,
): void {
  const errno = data.bytes(new Uint8Array(8));
  const digits = data.bytes(utf8('000\n'));
  const write = (at: number, size: number): void => {
    code.loadImmediate(0, 2);
    code.loadAddress(1, at);
    code.loadImmediate(2, size);
    code.systemCall(syscallNumber('write'));
  };
  for (const { label, message } of failures) {
    code.label(label);
    code.storeErrno(errno);
    write(data.string(message), utf8(message).length);
    code.jump(failureLabel);
  }
  code.label(failureLabel);
  code.storeDecimal(errno, digits);
  write(digits, 4);
  if (onFailure !== undefined) code.jump(onFailure);
  else {
    code.loadValue(0, errno, 4);
    code.systemCall(syscallNumber('exit'));
  }
}

/** One segment holds headers, code and data. */
function link(code: X64Code, data: ProgramData): Uint8Array {
  const dataAt = (headerSize + code.bytes.length + 7) & ~7;
  const size = dataAt + data.size;
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  const address = (offset: number): number => baseAddress + dataAt + offset;

  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true); // ET_EXEC
  view.setUint16(18, 62, true); // EM_X86_64
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BigInt(baseAddress + headerSize), true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 1, true); // PT_LOAD
  view.setUint32(68, 7, true); // read, write, execute: code and data share the one segment
  view.setBigUint64(80, BigInt(baseAddress), true);
  view.setBigUint64(88, BigInt(baseAddress), true);
  view.setBigUint64(96, BigInt(size), true);
  view.setBigUint64(104, BigInt(size), true);
  view.setBigUint64(112, 0x1000n, true);

  file.set(code.bytes, headerSize);
  file.set(data.toBytes(), dataAt);
  for (const { at, kind, target } of code.fixups) {
    const offset = headerSize + at;
    if (kind === 'rel32' && 'label' in target) {
      view.setInt32(offset, (code.labels.get(target.label) ?? 0) - (at + 4), true);
    } else if ('data' in target) {
      if (kind === 'abs64') view.setBigUint64(offset, BigInt(address(target.data)), true);
      else view.setInt32(offset, address(target.data), true);
    }
  }
  for (const pointer of data.pointers) {
    view.setBigUint64(dataAt + pointer.at, BigInt(address(pointer.data)), true);
  }
  return file;
}
