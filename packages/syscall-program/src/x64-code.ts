/** Offsets of what must be filled in once the layout is known. */
export interface Fixup {
  /** Where in the code. */
  readonly at: number;
  readonly kind: 'rel32' | 'abs64' | 'abs32';
  readonly target: { readonly label: string } | { readonly data: number };
}

/** Registers in the order of the system call convention: rdi, rsi, rdx, r10, r8, r9. */
const argumentRegisters = [7, 6, 2, 10, 8, 9] as const;

/** Collects x86-64 machine code: the dozen instructions that programs of system calls need. */
export class X64Code {
  readonly bytes: number[] = [];
  readonly fixups: Fixup[] = [];
  readonly labels: Map<string, number> = new Map();

  label(name: string): void {
    this.labels.set(name, this.bytes.length);
  }

  /** mov register, imm64 */
  loadImmediate(argument: number, value: number): void {
    this.#movImmediate(argument);
    const buffer = new DataView(new ArrayBuffer(8));
    buffer.setBigInt64(0, BigInt(value), true);
    for (let i = 0; i < 8; i++) this.bytes.push(buffer.getUint8(i));
  }

  /** mov register, address of data */
  loadAddress(argument: number, data: number): void {
    this.#movImmediate(argument);
    this.#fix('abs64', { data });
    this.bytes.push(0, 0, 0, 0, 0, 0, 0, 0);
  }

  /** mov register, [data]; four bytes are extended with zeros. */
  loadValue(argument: number, data: number, size: 4 | 8): void {
    const register = registerOf(argument);
    this.#absolute([size === 8 ? 0x48 : 0x40], 0x8b, register, data);
  }

  /** lea rax, [rsp + 8]; mov [data], rax: at the program's start the stack holds argc, then argv. */
  storeArguments(data: number): void {
    this.bytes.push(0x48, 0x8d, 0x44, 0x24, 0x08);
    this.storeResult(data);
  }

  /** mov eax, number; syscall */
  systemCall(number: number): void {
    this.bytes.push(0xb8, number & 0xff, (number >> 8) & 0xff, 0, 0, 0x0f, 0x05);
  }

  /** mov [data], rax */
  storeResult(data: number): void {
    this.#absolute([0x48], 0x89, 0, data);
  }

  /** test rax, rax; js label */
  jumpIfNegative(label: string): void {
    this.bytes.push(0x48, 0x85, 0xc0, 0x0f, 0x88);
    this.#relative(label);
  }

  jump(label: string): void {
    this.bytes.push(0xe9);
    this.#relative(label);
  }

  /** mov eax, [left]; cmp eax, right; je label */
  jumpIfEqual(left: number, right: number | { readonly data: number }, label: string): void {
    this.#absolute([], 0x8b, 0, left);
    if (typeof right === 'number') {
      this.bytes.push(0x3d);
      const view = new DataView(new ArrayBuffer(4));
      view.setInt32(0, right, true);
      for (let i = 0; i < 4; i++) this.bytes.push(view.getUint8(i));
    } else {
      this.#absolute([], 0x3b, 0, right.data);
    }
    this.bytes.push(0x0f, 0x84);
    this.#relative(label);
  }

  /** neg eax; mov [data], eax: keeps the errno of a failed call. */
  storeErrno(data: number): void {
    this.bytes.push(0xf7, 0xd8);
    this.#absolute([], 0x89, 0, data);
  }

  /**
   * Writes the four bytes at `number` as two or three decimal digits into `text` (three bytes, leading zeros).
   * xor edx,edx; mov ecx,10; div ecx; add dl,'0'; mov [text+i],dl, for each digit.
   */
  storeDecimal(number: number, text: number): void {
    this.#absolute([], 0x8b, 0, number);
    for (let digit = 2; digit >= 0; digit--) {
      this.bytes.push(0x31, 0xd2, 0xb9, 10, 0, 0, 0, 0xf7, 0xf1, 0x80, 0xc2, 0x30);
      this.#absolute([], 0x88, 2, text + digit);
    }
  }

  #movImmediate(argument: number): void {
    const register = registerOf(argument);
    this.bytes.push(register >= 8 ? 0x49 : 0x48, 0xb8 + (register & 7));
  }

  /** An instruction with a register and an absolute 32-bit address (mod 00, SIB without base or index). */
  #absolute(prefix: readonly number[], opcode: number, register: number, data: number): void {
    const rex = (prefix[0] ?? 0) | (register >= 8 ? 0x44 : 0);
    if (rex !== 0) this.bytes.push(rex);
    this.bytes.push(opcode, 0x04 | ((register & 7) << 3), 0x25);
    this.#fix('abs32', { data });
    this.bytes.push(0, 0, 0, 0);
  }

  #relative(label: string): void {
    this.#fix('rel32', { label });
    this.bytes.push(0, 0, 0, 0);
  }

  #fix(kind: Fixup['kind'], target: Fixup['target']): void {
    this.fixups.push({ at: this.bytes.length, kind, target });
  }
}

function registerOf(argument: number): number {
  const register = argumentRegisters[argument];
  if (register === undefined) throw new RangeError('a system call has at most six arguments');
  return register;
}
