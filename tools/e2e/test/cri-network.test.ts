import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeBusyboxRootfs } from '@hako/bundles';
import { ContainerdCri, CriPod } from '@hako/cri';
import { posixHost } from '@hako/sandbox/state';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forwardPortProgram, hakoPath } from '../src/paths.ts';
import { runProgram } from '../src/run-program.ts';
import { until } from '../src/until.ts';

// containerd's host network is a namespace of the test's, where CNI makes its bridge and its packet filter rules.
const network = `hako-e2e-${process.pid}-cni`;
let folder: string;
let cri: ContainerdCri;

const conflist = {
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      ipMasq: true,
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: '10.89.0.0/24' }], [{ subnet: 'fd00:89::/64' }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cri-'));
  execFileSync('ip', ['netns', 'add', network]);
  execFileSync('ip', ['-n', network, 'link', 'set', 'lo', 'up']);
  const at = join(folder, 'c');
  cri = new ContainerdCri({ folder: at, binFolder: dirname(hakoPath), netNs: `/run/netns/${network}` });
  // Where Debian has the plugins.
  symlinkSync('/usr/lib/cni', join(at, 'cni-bin'));
  mkdirSync(join(at, 'cni-conf'));
  const plugins = conflist.plugins.map((plugin) =>
    'ipam' in plugin && plugin.ipam !== undefined
      ? { ...plugin, ipam: { ...plugin.ipam, dataDir: join(folder, 'addresses') } }
      : plugin,
  );
  writeFileSync(join(at, 'cni-conf/10-pods.conflist'), JSON.stringify({ ...conflist, plugins }));
  await cri.startWithImages(makeBusyboxRootfs(join(folder, 'rootfs')));
});
afterAll(async () => {
  try {
    await cri.close();
  } finally {
    execFileSync('ip', ['netns', 'delete', network]);
    const host = posixHost();
    for (const target of host.mountsBelow(folder)) host.unmountAll(target);
    rmSync(folder, { recursive: true });
  }
});

const get = (url: string): readonly string[] => ['wget', '-q', '-O', '-', url];

async function fromNode(url: string): Promise<string> {
  const args = [`--net=/run/netns/${network}`, 'busybox', ...get(url)];
  return (await runProgram('nsenter', args)).stdout;
}

test('pods have the addresses that CNI gave them, reach each other, and publish a port', async () => {
  // Without a mode of its own a pod has a network of its own.
  const linux = { securityContext: {} };
  const portMappings = [{ protocol: 0, containerPort: 80, hostPort: 8080 }];
  const server = await CriPod.run(cri, 'server', 'hako', { linux, portMappings });
  const serve = 'mkdir /w; echo page > /w/index.html; exec httpd -f -p 80 -h /w';
  const web = await server.start('web', ['sh', '-c', serve]);
  const { status } = await cri.client.call<{ status: { network: { ip: string } } }>('PodSandboxStatus', {
    podSandboxId: server.id,
  });
  expect(status.network.ip).toMatch(/^10\.89\.0\.\d+$/);
  const { stdout } = await server.exec(web, 'ip', 'addr', 'show', 'eth0');
  expect(stdout).toContain(`inet ${status.network.ip}/24`);
  expect(stdout).toContain('inet6 fd00:89::');
  await until(
    async () => (await fromNode(`http://${status.network.ip}/`)) === 'page\n',
    'the node reaches the pod',
  );
  expect(await fromNode('http://10.89.0.1:8080/')).toBe('page\n');

  // kubectl port-forward: to the pod's loopback, whatever the port.
  const forward = async (port: number, input: string) => {
    const call = { podSandboxId: server.id, port: [port] };
    const { url } = await cri.client.call<{ url: string }>('PortForward', call);
    const client = [process.execPath, forwardPortProgram, url, String(port)];
    return runProgram('nsenter', [`--net=/run/netns/${network}`, ...client], { input });
  };
  const big = 'head -c 3000000 /dev/zero | tr "\\0" x';
  await server.exec(web, 'sh', '-c', `nc -l -p 7007 -e sh -c '${big}' >/dev/null 2>&1 &`);
  const listening = async () => (await server.exec(web, 'netstat', '-ltn')).stdout.includes(':7007 ');
  await until(listening, 'somebody listens');
  const [page, bytes, none] = await Promise.all([
    forward(80, 'GET / HTTP/1.0\r\n\r\n'),
    forward(7007, ''),
    forward(7008, 'x'),
  ]);
  expect(page).toMatchObject({
    exitCode: 0,
    stderr: '',
    stdout: expect.stringMatching(/^HTTP\/1\.[01] 200 OK\r\n/),
  });
  expect(page.stdout).toMatch(/\r\npage\n$/);
  expect(bytes.stdout.length).toBe(3_000_000);
  expect(none).toMatchObject({ exitCode: 0, stdout: '' });

  const client = await CriPod.run(cri, 'client', 'hako', { linux });
  const box = await client.start('box', ['sleep', '100000']);
  expect(await client.exec(box, ...get(`http://${status.network.ip}/`))).toMatchObject({
    exitCode: 0,
    stdout: 'page\n',
  });
  await client.remove();
  await server.remove();
  expect(execFileSync('ip', ['-n', network, '-br', 'link'], { encoding: 'utf8' })).not.toMatch(/veth|htap/);
});
