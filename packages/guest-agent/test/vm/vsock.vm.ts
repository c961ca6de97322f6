import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VirtualMachine } from './virtual-machine.ts';
import { makeVsockPrograms } from './vsock-programs.ts';

test('in a machine without its port the agent listens by vsock, for the host alone', async () => {
  await using machine = new VirtualMachine('console');
  await makeVsockPrograms(join(machine.dir, 'share/rootfs'));
  const console = await machine.connect();
  console.setEncoding('latin1');
  const lines = [
    'modprobe vsock_loopback; modprobe -a 9pnet_virtio 9p; mkdir /tmp/share',
    'mount -t 9p -o trans=virtio,version=9p2000.L kataShared /tmp/share',
    'mount -t proc proc /tmp/share/rootfs/proc; mount -t devtmpfs dev /tmp/share/rootfs/dev',
    // Where nobody listens it would wait.
    "chroot /tmp/share/rootfs /bin/vsock-client 1024; echo 'the ''end'",
  ];
  console.write(lines.map((line) => `${line}\n`).join(''));
  let said = '';
  for await (const text of console) {
    said += String(text);
    if (said.includes('the end')) break;
  }
  expect(said).toMatch(/^refused closed\r?$/m);
});
