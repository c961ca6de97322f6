import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  acceptUnix,
  connectDescriptorChannel,
  inNetworkNamespace,
  listenUnix,
  openTap,
  receiveDescriptor,
  takeAllPorts,
} from '../../src/index.ts';
import { assertPosixError, type Case, once } from './support.ts';

const ownNamespace = () => readlinkSync('/proc/thread-self/ns/net');

/** Runs `action` with the path of a new network namespace. */
async function withNamespace(action: (path: string, name: string) => void | Promise<void>): Promise<void> {
  const name = `hako-posix-${process.pid}`;
  execFileSync('ip', ['netns', 'add', name]);
  try {
    await action(`/run/netns/${name}`, name);
  } finally {
    execFileSync('ip', ['netns', 'delete', name]);
  }
}

export const networks: Record<string, Case> = {
  'an action runs in another network namespace, and only the action': () =>
    withNamespace((path) => {
      const home = ownNamespace();
      assert.notEqual(inNetworkNamespace(path, ownNamespace), home);
      assert.equal(ownNamespace(), home);
      const fail = () => {
        throw new Error('inside');
      };
      assert.throws(() => inNetworkNamespace(path, fail), /inside/);
      assert.equal(ownNamespace(), home);
    }),

  'a namespace that is gone, and a file that is none': (dir) => {
    const home = ownNamespace();
    assertPosixError(
      () => inNetworkNamespace(join(dir, 'absent'), ownNamespace),
      'ENOENT',
      join(dir, 'absent'),
    );
    writeFileSync(join(dir, 'file'), '');
    assertPosixError(() => inNetworkNamespace(join(dir, 'file'), ownNamespace), 'EINVAL');
    assertPosixError(() => inNetworkNamespace('/proc/self/ns/mnt', ownNamespace), 'EINVAL');
    assert.equal(ownNamespace(), home);
  },

  'a tap is made where the action runs, refused when it exists, and goes with its descriptors': () =>
    withNamespace((path, name) => {
      const show = () => execFileSync('ip', ['-n', name, '-o', 'link'], { encoding: 'utf8' });
      const open = (tap: string, queues = 1) => inNetworkNamespace(path, () => openTap(tap, { queues }));
      const fds = open('tap0', 2);
      assert.equal(fds.length, 2);
      assert.match(show(), / tap0: /);
      assertPosixError(() => open('tap0'), 'EBUSY', 'tap0');
      for (const wrong of ['', 'sixteen-bytes-ab', 'a/b', 'a b', 'a\0b'])
        assertPosixError(() => open(wrong), 'EINVAL', wrong);
      for (const fd of fds) closeSync(fd);
      assert.doesNotMatch(show(), /tap0/);
    }),

  'a listener for all ports of a namespace sees the port, and is gone with its descriptors': () =>
    withNamespace(async (path, name) => {
      execFileSync('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
      const ask = (address: string, port: number): Promise<string> => {
        const script = `exec 3<>/dev/tcp/${address}/${port} && cat <&3`;
        const child = spawn('nsenter', [`--net=${path}`, 'bash', '-c', script], {
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        return text(child.stdout);
      };
      const { listenerFd, steeringFd } = inNetworkNamespace(path, takeAllPorts);
      const server = createServer((socket) => socket.end(`port ${socket.localPort}`));
      server.listen({ fd: listenerFd });
      await once(server, 'listening');
      assert.deepEqual(
        await Promise.all([ask('127.0.0.1', 80), ask('127.0.0.1', 65535), ask('127.0.0.2', 80)]),
        ['port 80', 'port 65535', ''],
      );
      closeSync(steeringFd);
      assert.equal(await ask('127.0.0.1', 80), '');
      server.close();
    }),

  'a channel carries bytes and descriptors': async (dir) => {
    const path = join(dir, 's');
    const listener = listenUnix(path);
    const { stream, send } = connectDescriptorChannel(path);
    const accepted = acceptUnix(listener);
    try {
      await new Promise((resolve) => stream.write('bytes', resolve));
      assertPosixError(() => receiveDescriptor(accepted), 'EBADMSG');
      send(listener, 'with it');
      const received = receiveDescriptor(accepted);
      assert.equal(received.text, 'with it');
      closeSync(received.fd);
      const closed = once(stream, 'close');
      stream.destroy();
      await closed;
      assert.throws(() => send(listener, 'late'), /closed/);
    } finally {
      closeSync(accepted);
      closeSync(listener);
    }
  },
};
