/** Memory of a machine beyond that which it was started with. */
export interface ExtraMemory {
  readonly memoryMib: number;
  /** Until there are at least `memoryMib`, a multiple of `blockMib`. @throws QemuError `size-refused`; QmpError */
  grow(memoryMib: number): Promise<void>;
  /** As near to `memoryMib` as can be had from above. @throws QemuError `unplug-refused`; QmpError */
  shrink(memoryMib: number): Promise<void>;
  /** QEMU has deleted a device: the guest has let it go, asked just now or long ago. */
  deleted(id: string): Promise<void>;
}

/** Linux on x86-64 and arm64 takes memory in and out in blocks of this size. */
export const blockMib = 128;
