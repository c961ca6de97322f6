import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { image, type Podman } from './podman.ts';
import type { PodmanFeature } from './podman-features.ts';
import { until } from './until.ts';

/** The pod that the first rows make, and later ones use and remove. */
const pod = 'group';

const namesAndStates = async (podman: Podman): Promise<string> =>
  podman.output([
    'ps',
    '--all',
    '--filter',
    `pod=${pod}`,
    '--format',
    '{{.Names}} {{.State}}',
    '--sort',
    'names',
  ]);

/** Rows about pods: one virtual machine with all containers of the pod in it. */
export const podmanPodFeatures: readonly PodmanFeature[] = [
  {
    name: '`pod create`, `run --pod`: one machine; network, ipc, hostname and /dev/shm are the pod’s',
    verdict: 'works',
    check: async (podman) => {
      await podman.output(['pod', 'create', '--name', pod, '--network', 'none']);
      const server = 'echo word > /dev/shm/file; while :; do echo answer | nc -l -p 80; done';
      await podman.output(['run', '-d', '--pod', pod, '--name', 'server', image, 'sh', '-c', server]);
      const client =
        'until nc 127.0.0.1 80 </dev/null; do sleep 0.1; done; cat /dev/shm/file; hostname; ls /proc | grep -c "^[0-9]*$"; readlink /proc/self/ns/ipc; cat /proc/sys/kernel/random/boot_id';
      const run = ['run', '--rm', '--pod', pod, image, 'sh', '-c', client];
      const [answer, word, hostname, processes, ipc, bootId] = (await podman.output(run)).split('\n');
      expect([answer, word, hostname]).toEqual(['answer', 'word', pod]);
      // Its own processes only: the shell, ls and grep.
      expect(Number(processes)).toBeLessThanOrEqual(3);
      const told = ['sh', '-c', 'readlink /proc/self/ns/ipc; cat /proc/sys/kernel/random/boot_id'];
      expect(await podman.output(['exec', 'server', ...told])).toBe(`${ipc}\n${bootId}\n`);
    },
  },
  {
    name: '`restart`, `stop`, `rm` of one container of a pod; the others go on',
    verdict: 'works',
    check: async (podman) => {
      await podman.output(['run', '-d', '--pod', pod, '--name', 'other', image, 'sleep', '1000']);
      await podman.output(['restart', '--time', '0', 'server']);
      expect(await podman.output(['exec', 'server', 'cat', '/dev/shm/file'])).toBe('word\n');
      await podman.output(['stop', '--time', '0', 'server']);
      expect(await namesAndStates(podman)).toMatch(/infra Up .*\nother Up .*\nserver Exited .*\n$/);
      await podman.output(['rm', 'server']);
      expect(await podman.output(['exec', 'other', 'echo', 'goes on'])).toBe('goes on\n');
    },
  },
  {
    name: '`pod pause`, `stop`, `start`, `top`, `rm --force`',
    verdict: 'works',
    check: async (podman) => {
      const status = () => podman.output(['pod', 'inspect', '--format', '{{.State}}', pod]);
      await podman.output(['pod', 'pause', pod]);
      expect(await status()).toBe('Paused\n');
      await podman.output(['pod', 'unpause', pod]);
      expect(await podman.output(['pod', 'top', pod])).toContain('sleep 1000');
      await podman.output(['pod', 'stop', '--time', '0', pod]);
      expect(await namesAndStates(podman)).toMatch(/infra Exited .*\nother Exited .*\n$/);
      await podman.output(['pod', 'start', pod]);
      expect(await podman.output(['exec', 'other', 'hostname'])).toBe(`${pod}\n`);
    },
  },
  {
    name: '`generate kube`, `kube play`, `kube down`: several containers, ConfigMap and emptyDir volumes',
    verdict: 'works',
    check: async (podman) => {
      const generated = await podman.output(['generate', 'kube', pod]);
      expect(generated).toContain('kind: Pod');
      await podman.output(['pod', 'rm', '--force', '--time', '0', pod]);
      const manifest = join(podman.folder, 'pod.yaml');
      writeFileSync(manifest, manifestOf());
      await podman.output(['kube', 'play', '--network', 'none', manifest]);
      const logs = () => podman.output(['logs', 'played-reader']);
      await until(async () => (await logs()).includes('\n'), 'the reader has read');
      expect(await logs()).toBe('value from the ConfigMap\n');
      expect(await podman.output(['exec', 'played-reader', 'hostname'])).toBe('played\n');
      await podman.output(['kube', 'down', manifest]);
      expect(await podman.output(['pod', 'ps', '--quiet'])).toBe('');
    },
  },
  {
    name: '`pod create --infra=false`',
    verdict: 'does not work',
    note: 'the pod’s machine is that of its infra container',
    check: async (podman) => {
      await podman.output(['pod', 'create', '--name', 'bare', '--infra=false']);
      const { exitCode, stderr } = await podman.run(['run', '--rm', '--pod', 'bare', image, 'true']);
      expect(exitCode).toBe(126);
      expect(stderr).toContain('sandbox does not exist');
      await podman.output(['pod', 'rm', '--force', 'bare']);
    },
  },
];

function manifestOf(): string {
  const documents = [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { key: 'value from the ConfigMap' },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'played' },
      spec: {
        volumes: [
          { name: 'scratch', emptyDir: {} },
          { name: 'settings', configMap: { name: 'settings' } },
        ],
        containers: [
          {
            name: 'writer',
            image,
            command: [
              'sh',
              '-c',
              'cat /settings/key > /scratch/tmp; mv /scratch/tmp /scratch/file; sleep 1000',
            ],
            volumeMounts: [
              { name: 'scratch', mountPath: '/scratch' },
              { name: 'settings', mountPath: '/settings', readOnly: true },
            ],
          },
          {
            name: 'reader',
            image,
            command: [
              'sh',
              '-c',
              'until [ -f /scratch/file ]; do sleep 0.1; done; cat /scratch/file; echo; sleep 1000',
            ],
            volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
          },
        ],
      },
    },
  ];
  return documents.map((document) => JSON.stringify(document)).join('\n---\n');
}
