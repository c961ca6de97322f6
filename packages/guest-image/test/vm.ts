import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest } from '../src/index.ts';

export const guestDir: string = join(import.meta.dirname, '../../../dist/guest');

export interface VmOptions {
  readonly initrd?: string;
  /** Without it the machine has no disk. */
  readonly image?: string;
  /** Shared by 9p with the tag of the manifest. */
  readonly shareDir?: string;
}

/** A machine booted by a plain QEMU command line, as the README says, under emulation. */
export class Vm {
  readonly dir: string;
  readonly exited: Promise<number | null>;
  readonly #socketPath: string;
  readonly #kill: () => void;

  constructor(options: VmOptions) {
    if (!existsSync(join(guestDir, 'manifest.json'))) {
      throw new Error(`there is no guest in ${guestDir}; build it first: pnpm nx guest guest-image`);
    }
    this.dir = mkdtempSync(join(tmpdir(), 'guest-vm-'));
    this.#socketPath = join(this.dir, 'agent.sock');
    const { boot, files } = readManifest(guestDir);
    const inGuest = (path: string): string => join(guestDir, path);
    const words = [...boot.kernelParams, 'quiet', 'console=ttyS0'].join(' ');
    const qemu = spawn(
      'qemu-system-x86_64',
      [
        ...['-nodefaults', '-no-user-config', '-nographic', '-no-reboot', '-machine', 'q35', '-accel', 'tcg'],
        ...['-cpu', 'max', '-m', '256', '-bios', 'qboot.rom', '-kernel', inGuest(files.kernel.path)],
        ...['-initrd', options.initrd ?? inGuest(boot.initrd), '-append', words],
        ...['-serial', `file:${join(this.dir, 'console.log')}`],
        ...(options.image === undefined
          ? []
          : [
              ...[
                '-blockdev',
                `driver=file,filename=${options.image},node-name=file,read-only=on,locking=off`,
              ],
              ...['-blockdev', 'driver=raw,file=file,node-name=image,read-only=on'],
              ...['-device', 'virtio-blk-pci,drive=image,romfile='],
            ]),
        ...[
          '-device',
          'virtio-serial-pci,romfile=',
          '-chardev',
          `socket,id=agent,path=${this.#socketPath},server=on,wait=off`,
        ],
        ...['-device', `virtserialport,chardev=agent,name=${boot.agentPort}`],
        ...(options.shareDir === undefined
          ? []
          : [
              ...['-fsdev', `local,id=share,path=${options.shareDir},security_model=none,multidevs=remap`],
              ...['-device', `virtio-9p-pci,fsdev=share,mount_tag=${boot.shareTag},romfile=`],
            ]),
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    this.#kill = () => void qemu.kill('SIGKILL');
    this.exited = once(qemu, 'exit').then(([code]) => code as number | null);
  }

  /** What the guest printed on its console. */
  get console(): string {
    return readFileSync(join(this.dir, 'console.log'), 'latin1');
  }

  /** Connects to the port; QEMU's socket is there a moment after its start. */
  async connect(): Promise<Socket> {
    // A listener of the same kind would be an event; QEMU offers none before its socket exists.
    for (;;) {
      const socket = connect(this.#socketPath);
      try {
        await once(socket, 'connect');
        return socket;
      } catch (error) {
        socket.destroy();
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'ENOENT' && code !== 'ECONNREFUSED') throw error;
        await Promise.race([
          new Promise((resolve) => setTimeout(resolve, 5)),
          this.exited.then((status) => {
            throw new Error(`QEMU ended with status ${status}: ${this.console}`);
          }),
        ]);
      }
    }
  }

  async stop(): Promise<void> {
    this.#kill();
    await this.exited;
    rmSync(this.dir, { recursive: true });
  }
}
