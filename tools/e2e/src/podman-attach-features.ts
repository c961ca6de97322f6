import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { image } from './podman.ts';
import type { PodmanFeature } from './podman-features.ts';
import { newTerminal } from './terminal-screen.ts';
import { until } from './until.ts';

/** The container that the first row makes and leaves, and later ones come back to. */
const shell = 'shell';

/** Ctrl-P, Ctrl-Q: podman takes them as the wish to leave where it reads each by itself. */
const DETACH_KEYS = ['\u0010', '\u0011'];

/** Rows about coming and going. */
export const podmanAttachFeatures: readonly PodmanFeature[] = [
  {
    name: '`run -it` left by the detach keys; the container goes on',
    verdict: 'works',
    check: async (podman) => {
      const { screen, slaveFd } = newTerminal({ rows: 30, columns: 90 });
      try {
        const left = podman.run(['run', '-it', '--name', shell, image, 'sh'], { terminalFd: slaveFd });
        screen.type('kept=word; stty size\n');
        await screen.see('30 90');
        let isLeft = false;
        void left.then(() => {
          isLeft = true;
        });
        await until(async () => {
          for (const key of DETACH_KEYS) {
            screen.type(key);
            await delay(200);
          }
          return isLeft;
        }, 'podman has left');
        expect((await left).exitCode).toBe(0);
      } finally {
        screen.close();
      }
      expect(await podman.output(['inspect', '--format', '{{.State.Status}}', shell])).toBe('running\n');
    },
  },
  {
    name: '`attach` to it again, with another size, and to its end',
    verdict: 'works',
    check: async (podman) => {
      const { screen, slaveFd } = newTerminal({ rows: 25, columns: 80 });
      try {
        let attached: ChildProcess | undefined;
        const done = podman.run(['attach', shell], {
          terminalFd: slaveFd,
          onStart: (child) => {
            attached = child;
          },
        });
        // What is typed may be there before podman has told the size.
        screen.type('until test "$(stty size)" = "25 80"; do :; done; echo $kept again\n');
        await screen.see('word again');
        screen.resize({ rows: 26, columns: 81 });
        // The kernel tells only those whose controlling terminal it is.
        attached?.kill('SIGWINCH');
        screen.type('until test "$(stty size)" = "26 81"; do :; done; echo re""sized\n');
        await screen.see('resized');
        screen.type('exit 6\n');
        await done;
      } finally {
        screen.close();
      }
      // attach itself tells nothing of it.
      expect(await podman.output(['wait', shell])).toBe('6\n');
      await podman.output(['rm', shell]);
    },
  },
  {
    name: '`attach` without a terminal; `--sig-proxy`: a signal for podman reaches the container',
    verdict: 'works',
    check: async (podman) => {
      const script = 'trap "echo told; exit 7" TERM; while :; do echo on; sleep 1; done';
      await podman.output(['run', '-d', '--name', shell, image, 'sh', '-c', script]);
      const result = await podman.run(['attach', shell], {
        onStart: (child) => {
          // Once it is attached it shows what comes.
          child.stdout?.once('data', () => child.kill('SIGTERM'));
        },
      });
      expect(result.stdout).toContain('told');
      expect(await podman.output(['wait', shell])).toBe('7\n');
      await podman.output(['rm', shell]);
    },
  },
];
