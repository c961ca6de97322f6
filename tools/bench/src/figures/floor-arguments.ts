/** Options of QEMU that say what machine it is and how it boots, with a value and without. */
const kept = new Set(
  'machine accel cpu m smp numa bios kernel append global rtc overcommit display sandbox'
    .split(' ')
    .map((name) => `-${name}`),
);
const keptAlone = new Set(
  'nodefaults no-user-config nographic no-reboot'.split(' ').map((name) => `-${name}`),
);

/**
 * From the arguments of a sandbox's QEMU, those of a QEMU that boots the same kernel on the same machine with nothing
 * of hako in it: no image, no share, no monitor, only `initrd` and a virtio-serial port which `init` in it writes to.
 * QEMU connects the port to the Unix socket `socketPath`, which somebody must listen on.
 */
export function floorArguments(sandbox: readonly string[], initrd: string, socketPath: string): string[] {
  const machine: string[] = [];
  for (const [index, word] of sandbox.entries()) {
    const option = word.replace(/^--/, '-');
    const value = sandbox[index + 1] ?? '';
    if (keptAlone.has(option)) machine.push(option);
    else if (kept.has(option) || (option === '-object' && value.startsWith('memory-backend')))
      machine.push(option, value);
  }
  return [
    ...machine,
    ...['-initrd', initrd],
    // The words name a console: it is there, and nobody listens.
    ...['-serial', 'null'],
    ...['-chardev', `socket,id=floor,path=${socketPath},server=off`],
    ...['-device', 'virtio-serial-pci,max_ports=2,romfile='],
    ...['-device', 'virtserialport,chardev=floor,name=agent.channel.0'],
  ];
}
