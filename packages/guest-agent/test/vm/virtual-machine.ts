import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const guestDir = process.env.HAKO_GUEST_DIR ?? join(import.meta.dirname, '../../../../dist/guest');

interface Manifest {
  readonly boot: { readonly kernelParams: readonly string[] };
}

/** A virtual machine of the built guest, with a root file system of busybox shared by 9p as `kataShared`. */
export class VirtualMachine {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'agent-vm-'));
  readonly #qemu: ChildProcess;
  readonly #exit: Promise<number | null>;

  /** @param channel what the guest has a port for: calls of the agent, or, where those come by vsock, its debug console alone */
  constructor(channel: 'calls' | 'console' = 'calls') {
    if (!existsSync(join(guestDir, 'manifest.json'))) {
      throw new Error(`${guestDir} holds no guest; run tools/quickstart first, or set HAKO_GUEST_DIR`);
    }
    mkdirSync(join(this.dir, 'share/rootfs/bin'), { recursive: true });
    for (const dir of ['proc', 'dev', 'sys', 'tmp']) mkdirSync(join(this.dir, 'share/rootfs', dir));
    copyFileSync('/bin/busybox', join(this.dir, 'share/rootfs/bin/busybox'));
    for (const applet of ['sh', 'cat', 'date', 'dd', 'echo', 'hostname', 'md5sum', 'sleep', 'tail', 'true']) {
      symlinkSync('busybox', join(this.dir, 'share/rootfs/bin', applet));
    }
    // The second disk: an area of swap.
    const swap = join(this.dir, 'swap');
    writeFileSync(swap, '');
    truncateSync(swap, 16 << 20);
    execFileSync('/usr/sbin/mkswap', [swap], { stdio: 'ignore' });
    const { boot } = JSON.parse(readFileSync(join(guestDir, 'manifest.json'), 'utf8')) as Manifest;
    const isConsole = channel === 'console';
    const port = isConsole ? 'agent.debug_console' : 'agent.channel.0';
    const words = isConsole ? ['agent.debug_console'] : [];
    this.#qemu = spawn(
      'qemu-system-x86_64',
      [
        ...['-nodefaults', '-no-user-config', '-nographic', '-no-reboot', '-machine', 'q35'],
        ...['-accel', 'tcg', '-cpu', 'max,-erms,-fsrm', '-m', '256', '-bios', 'qboot.rom'],
        ...['-kernel', join(guestDir, 'vmlinux'), '-initrd', join(guestDir, 'initrd.img')],
        ...[
          '-append',
          [...boot.kernelParams, 'console=ttyS0', 'intel_iommu=on', 'iommu=pt', ...words].join(' '),
        ],
        // Two NVMe controllers on ports of their own, in the place of devices of the host.
        ...['-device', 'intel-iommu,intremap=on,caching-mode=on'],
        ...['8', '9'].flatMap((slot) => [
          ...['-device', `pcie-root-port,id=rp${slot},addr=${slot},chassis=${slot},slot=${slot}`],
          ...['-blockdev', `null-co,node-name=none${slot},size=1048576`],
          ...['-device', `nvme,serial=${slot},drive=none${slot},bus=rp${slot},addr=0,romfile=`],
        ]),
        ...['-serial', `file:${join(this.dir, 'console')}`],
        ...[
          '-blockdev',
          `driver=file,filename=${join(guestDir, 'hako-guest.img')},node-name=file,read-only=on`,
        ],
        ...['-blockdev', 'driver=raw,file=file,node-name=image,read-only=on'],
        ...['-device', 'virtio-blk-pci,drive=image,romfile='],
        ...['-blockdev', `driver=raw,node-name=swap,file.driver=file,file.filename=${swap}`],
        ...['-device', 'virtio-blk-pci,drive=swap,addr=10,romfile='],
        ...['-device', 'virtio-serial-pci,romfile='],
        ...['-chardev', `socket,id=channel,path=${join(this.dir, 'agent.sock')},server=on,wait=off`],
        ...['-device', `virtserialport,chardev=channel,name=${port}`],
        ...['-fsdev', `local,id=share,path=${join(this.dir, 'share')},security_model=none`],
        ...['-device', 'virtio-9p-pci,fsdev=share,mount_tag=kataShared,romfile='],
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    this.#exit = once(this.#qemu, 'exit').then(([code]) => code as number | null);
  }

  /** Opens the host's end of the port. */
  async connect(): Promise<Socket> {
    for (;;) {
      const socket = createConnection(join(this.dir, 'agent.sock'));
      try {
        await once(socket, 'connect');
        return socket;
      } catch (error) {
        if (this.#qemu.exitCode !== null) throw error;
        // QEMU makes the socket a moment after its start; there is no event for it.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  /** Exit status of QEMU. */
  get exit(): Promise<number | null> {
    return this.#exit;
  }

  get console(): string {
    return readFileSync(join(this.dir, 'console'), 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#qemu.kill('SIGKILL');
    await this.#exit;
    rmSync(this.dir, { recursive: true, force: true });
  }
}
