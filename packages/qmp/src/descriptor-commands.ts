import { defineCommand, nothing, type QmpCommand } from './commands.ts';

/** Gives a descriptor to QEMU under a name, for later commands of the same connection. */
export const getDescriptor: QmpCommand<{ readonly fdname: string }, unknown> = defineCommand(
  'getfd',
  nothing,
);

/** Closes a descriptor that no later command has taken. */
export const closeDescriptor: QmpCommand<{ readonly fdname: string }, unknown> = defineCommand(
  'closefd',
  nothing,
);
