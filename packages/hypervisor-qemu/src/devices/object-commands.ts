import { defineCommand, defineUncheckedCommand, nothing, type QmpCommand } from '@hako/qmp';

// Unchecked: the schema has a type per object, and these arguments are made for any of them.
export const objectAdd: QmpCommand<object, unknown> = defineUncheckedCommand('object-add', nothing);
export const objectDel: QmpCommand<{ readonly id: string }, unknown> = defineCommand('object-del', nothing);
