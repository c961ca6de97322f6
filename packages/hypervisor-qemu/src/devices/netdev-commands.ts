import { defineCommand, defineUncheckedCommand, nothing, type QmpCommand } from '@hako/qmp';

// Unchecked: the schema has a type per kind, and these arguments are made for any of them.
export const netdevAdd: QmpCommand<Readonly<Record<string, unknown>>, unknown> = defineUncheckedCommand(
  'netdev_add',
  nothing,
);
export const netdevDel: QmpCommand<{ readonly id: string }, unknown> = defineCommand('netdev_del', nothing);

/** Name of the host's side of a network card. */
export function netdevId(id: string): string {
  return `${id}-net`;
}
