import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { defineCommand, QmpClient } from '@hako/qmp';
import { object, text } from '@hako/shape';
import { qemuWith } from './qemu-with.ts';

interface Words {
  readonly 'human-readable-text': string;
}

const queryJit = defineCommand(
  'x-query-jit',
  object<Words>({ 'human-readable-text': text }, { 'human-readable-text': true }),
);

/** What a QEMU that emulates has done since its start. */
export interface Work {
  /** Translated blocks: pieces of the guest's code that ran for the first time. */
  readonly blocks: number;
  /** Memory of the translations. */
  readonly codeMib: number;
  /** Processor time of all its threads. */
  readonly cpuMs: number;
}

/** A QEMU that can be asked about its translations, beside what hako asks it: each has a monitor more, named by its pid. */
export class TranslationCounter {
  /** Path of the program to put in the configuration in place of `qemu`. */
  readonly program: string;
  readonly #folder: string;

  /** @param bufferMib most memory for translations, all of which are dropped when it is full. Default: QEMU's, 1 GiB */
  constructor(qemu: string, folder: string, bufferMib?: number) {
    this.#folder = folder;
    this.program = join(folder, `qemu-with-monitor-${bufferMib ?? 'default'}`);
    qemuWith(this.program, qemu, {
      words: `-qmp "unix:${folder}/qmp.$$,server=on,wait=off"`,
      ...(bufferMib === undefined ? {} : { tcgOptions: `,tb-size=${bufferMib}` }),
    });
  }

  /** @param pid of a QEMU that was started by `program` */
  async workOf(pid: number): Promise<Work> {
    const socket = connect(join(this.#folder, `qmp.${pid}`));
    await once(socket, 'connect');
    const qmp = await QmpClient.connect(socket);
    try {
      const { 'human-readable-text': answer } = await qmp.execute(queryJit);
      return { ...translationsIn(answer), cpuMs: cpuMsIn(readFileSync(`/proc/${pid}/stat`, 'utf8')) };
    } finally {
      qmp.close();
    }
  }
}

/** From QEMU's answer in words. */
export function translationsIn(answer: string): Omit<Work, 'cpuMs'> {
  const count = /^TB count +(\d+)/m.exec(answer)?.[1];
  const bytes = /^gen code size +(\d+)\//m.exec(answer)?.[1];
  if (count === undefined || bytes === undefined)
    throw new Error(`QEMU says nothing of its translations: ${answer}`);
  return { blocks: Number(count), codeMib: Number(bytes) / 2 ** 20 };
}

/** Ticks of /proc/PID/stat are of 10 ms on every Linux that QEMU runs on. */
const tickMs = 10;

/** Own time and that in the kernel: fields 14 and 15 of proc(5). The second, a name, may hold spaces. */
export function cpuMsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}
