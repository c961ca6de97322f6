import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isRunning } from '../src/is-running.ts';
import { NetworkStage, page } from '../src/network-stage.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
let stage: NetworkStage;
beforeEach(() => {
  bench = new Workbench();
  stage = new NetworkStage(bench.folder);
});
afterEach(async () => {
  try {
    await bench.close();
    expect(`${stage.ip('-br', 'link')}${stage.tc('qdisc')}`).not.toMatch(/htap|hifb|ingress|htb/);
  } finally {
    await stage.close();
  }
});

/** Members of config.json: the stage's namespace, `sysctl` and `netDevices`. */
function inNamespace(
  path: string,
  sysctl: Readonly<Record<string, string>> = {},
  netDevices: object = {},
): object {
  const others = ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type }));
  return { extra: { linux: { namespaces: [...others, { type: 'network', path }], sysctl, netDevices } } };
}

async function start(id: string, options: object, flags: readonly string[] = []): Promise<void> {
  const bundle = bench.bundle(['sleep', '1000'], options);
  const { exitCode, stderr } = await bench.hako([...flags, 'run', '--detach', '--bundle', bundle, id], {
    leavesProcess: true,
  });
  expect(stderr).not.toMatch(/not connected/);
  expect(exitCode).toBe(0);
}

async function inContainer(id: string, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await bench.hako(['exec', id, 'sh', '-c', script]);
  if (exitCode !== 0) throw new Error(`${script} failed (${exitCode}): ${stdout}${stderr}`);
  return stdout;
}

test('a namespace’s interfaces are the guest’s, and follow it while it runs; all is undone after a crash', async () => {
  stage.link('eth0', 77);
  stage.ip('link', 'set', 'eth0', 'mtu', '1400');
  stage.ip('route', 'add', 'default', 'via', '10.77.0.1', 'metric', '50');
  stage.ip('-6', 'route', 'add', 'default', 'via', 'fd00:77::1');
  stage.ip('route', 'add', '10.99.0.0/16', 'via', '10.98.0.1', 'dev', 'eth0', 'onlink');
  stage.ip('neigh', 'add', '10.77.0.9', 'lladdr', '02:00:00:00:00:09', 'dev', 'eth0', 'nud', 'permanent');
  await stage.serve();
  const moved = `hake2e${process.pid}`;
  stage.hostLink(moved, '10.80.0.2/24');
  const mac = /link\/ether (\S+)/.exec(stage.ip('link', 'show', 'eth0'))?.[1] ?? 'none';

  const sysctl = { 'net.ipv4.conf.eth0.forwarding': '1' };
  await start('net', inNamespace(stage.path, sysctl, { [moved]: { name: 'moved0' } }));
  const look =
    'ip link; ip addr; ip route; ip -6 route; ip neigh; cat /proc/sys/net/ipv4/conf/eth0/forwarding';
  const seen = await inContainer('net', look);
  expect(seen).toMatch(/eth0: <[^>]*UP[^>]*> mtu 1400/);
  expect(seen).toContain(`link/ether ${mac}`);
  expect(seen).toMatch(/moved0: <[^>]*UP/);
  expect(seen).toContain('inet 10.80.0.2/24 scope global moved0');
  expect(seen).toContain('inet 10.77.0.2/24');
  expect(seen).toContain('inet6 fd00:77::2/64');
  expect(seen).toMatch(/default via 10\.77\.0\.1 dev eth0 +metric 50/);
  expect(seen).toMatch(/default via fd00:77::1 dev eth0/);
  expect(seen).toMatch(/10\.99\.0\.0\/16 via 10\.98\.0\.1 dev eth0 onlink/);
  expect(seen).toMatch(/10\.77\.0\.9 dev eth0 lladdr 02:00:00:00:00:09 .*PERMANENT/);
  expect(seen.trimEnd().split('\n').at(-1)).toBe('1');
  for (const host of ['10.77.0.1', '[fd00:77::1]'])
    expect(await inContainer('net', `wget -q -O - http://${host}/`)).toBe(page);

  // QEMU is in no network at all; the tap came to it as a descriptor.
  const net = readFileSync(`/proc/${bench.pidOf('net', 'qemu')}/net/dev`, 'utf8');
  expect(net).not.toMatch(/eth|htap/);

  stage.link('eth1', 78);
  const guest = (text: string) => async () => (await inContainer('net', 'ip addr')).includes(text);
  await until(guest('inet 10.78.0.2/24'), 'the second interface is in the guest');
  expect(await inContainer('net', 'wget -q -O - http://10.78.0.1/')).toBe(page);
  stage.ip('address', 'add', '10.78.0.3/24', 'dev', 'eth1');
  await until(guest('inet 10.78.0.3/24'), 'its second address too');
  stage.ip('link', 'delete', 'eth1');
  await until(async () => !(await guest('eth1')()), 'it has left the guest');
  await until(() => !stage.ip('-br', 'link').includes('eth1'), 'it has left the namespace');

  // A tap of that name is there already: the VM does not get the interface, and gets it once the name is free.
  stage.ip(
    'link',
    'add',
    'eth2',
    'index',
    '90',
    'type',
    'veth',
    'peer',
    'name',
    'far2',
    'netns',
    stage.outside,
  );
  stage.ip('tuntap', 'add', 'dev', 'htap90', 'mode', 'tap');
  stage.ip('address', 'add', '10.79.0.2/24', 'dev', 'eth2');
  const log = () => readFileSync(join(bench.stateRoot, 'net/shim.log'), 'utf8');
  await until(() => log().includes('interface of that name'), 'the clash of names is in the log');
  expect(await inContainer('net', 'ip addr')).not.toContain('eth2');
  stage.ip('tuntap', 'delete', 'dev', 'htap90', 'mode', 'tap');
  await until(guest('inet 10.79.0.2/24'), 'the third interface is in the guest');

  const parts = ['shim', 'qemu', 'network watch'].map((role) => bench.pidOf('net', role));
  process.kill(parts[0] ?? 0, 'SIGKILL');
  expect((await bench.hako(['delete', '--force', 'net'])).exitCode).toBe(0);
  for (const pid of parts) await until(() => !isRunning(pid), `process ${pid} has ended`);
  expect(bench.leftovers()).toEqual([]);
  expect(`${stage.ip('-br', 'link')}${stage.tc('qdisc')}`).not.toMatch(/htap|ingress/);
});

test('a macvlan and a tap, by cards of two queues, under the longest name', async () => {
  const longest = 'fifteen-letters';
  stage.link(longest, 80, 'macvlan');
  stage.ip('tuntap', 'add', 'dev', 'tap0', 'mode', 'tap');
  stage.ip('address', 'add', '10.81.0.2/24', 'dev', 'tap0');
  await stage.serve();
  const config = bench.configuration((text) =>
    ['default_vcpus = 2', 'network_queues = 2'].reduce((all, line) => withLine(all, line), text),
  );
  await start('kinds', inNamespace(stage.path), ['--config', config]);
  const seen = await inContainer('kinds', `ip addr; ls /sys/class/net/${longest}/queues`);
  expect(seen).toMatch(new RegExp(`${longest}: <[^>]*UP`));
  expect(seen).toContain('inet 10.80.0.2/24');
  expect(seen).toMatch(/tap0: <(?:.*\n)+? +inet 10\.81\.0\.2\/24/);
  expect(seen).toMatch(/rx-0\nrx-1\ntx-0\ntx-1\n$/);
  expect(await inContainer('kinds', 'wget -q -O - http://10.80.0.1/')).toBe(page);

  // The guest's own packet filter, by the words of iptables.
  const rules = join(bench.folder, 'rules');
  const web = '-A OUTPUT -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -j REJECT';
  writeFileSync(rules, `*filter\n:OUTPUT ACCEPT [0:0]\n${web}\nCOMMIT\n`);
  const set = await bench.hako(['iptables', 'set', 'kinds', rules]);
  expect({ exitCode: set.exitCode, stderr: set.stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect((await bench.hako(['iptables', 'get', 'kinds'])).stdout).toContain(`${web} --reject-with icmp-port`);
  await expect(inContainer('kinds', 'wget -q -O - http://10.80.0.1/')).rejects.toThrow(/refused/);
  // A table is there once somebody has used it.
  expect((await bench.hako(['iptables', 'get', '--v6', 'kinds'])).stdout).toBe('');
  writeFileSync(rules, '*mangle\nCOMMIT\n');
  expect((await bench.hako(['iptables', 'set', '--v6', 'kinds', rules])).exitCode).toBe(0);
  expect((await bench.hako(['iptables', 'get', '--v6', 'kinds'])).stdout).toMatch(/^\*mangle$/m);
  writeFileSync(rules, 'nonsense\n');
  expect((await bench.hako(['iptables', 'set', 'kinds', rules])).stderr).toMatch(
    /iptables-restore: line 1 failed/,
  );
  expect((await bench.hako(['metrics', 'kinds'])).stdout).toMatch(/^kata_guest_load\{item="load1"\}/m);
});

test('macvtap with rate limits: the interface has its addresses and routes back when the container is gone', async () => {
  stage.link('eth0', 77);
  stage.ip('route', 'add', 'default', 'via', '10.77.0.1');
  await stage.serve();
  // But for the link-local address, which the kernel makes when a link comes up.
  const before = () =>
    stage
      .ip('-br', 'address', 'show', 'eth0')
      .replace(/fe80::\S+/, '')
      .trim() +
    stage.ip('route') +
    /ether \S+/.exec(stage.ip('link', 'show', 'eth0'));
  const was = before();
  const config = bench.configuration((text) => {
    const limits = ['rx_rate_limiter_max_rate = 50000000', 'tx_rate_limiter_max_rate = 40000000'];
    const limited = limits.reduce((changed, line) => withLine(changed, line), text);
    return withLine(limited, 'internetworking_model = "macvtap"', 'runtime');
  });
  await start('mac', inNamespace(stage.path), ['--config', config]);
  expect(before()).not.toBe(was);
  expect(await inContainer('mac', 'wget -q -O - http://10.77.0.1/; ip route')).toMatch(
    /^from outside\ndefault via 10\.77\.0\.1 dev eth0/,
  );
  const classes = ['htap', 'hifb'].map((prefix) => {
    const name = new RegExp(`${prefix}\\d+`).exec(stage.ip('-br', 'link'))?.[0] ?? 'none';
    return stage.tc('class', 'show', 'dev', name);
  });
  expect(classes).toEqual([expect.stringContaining('rate 40Mbit'), expect.stringContaining('rate 50Mbit')]);
  expect((await bench.hako(['delete', '--force', 'mac'])).exitCode).toBe(0);
  expect(before()).toBe(was);
});

test('user-mode networking needs no network of the container’s; the host’s loopback is out of reach', async () => {
  // The VMM's own network is the stage's, so that nothing of the machine under the tests is spoken to.
  stage.link('eth0', 77);
  stage.ip('route', 'add', 'default', 'via', '10.77.0.1');
  stage.ip('-6', 'route', 'add', 'default', 'via', 'fd00:77::1');
  await stage.serve();
  await stage.serve(stage.inside);
  const config = bench.configuration((text) => withLine(text, 'internetworking_model = "user"', 'runtime'));
  await start('user', inNamespace(stage.path), ['--config', config]);
  expect(await inContainer('user', 'ip addr; wget -q -O - http://10.77.0.1/')).toMatch(
    /inet 10\.0\.2\.15\/24(.*\n)*from outside\n$/,
  );
  for (const gateway of ['10.0.2.2', '[fd68:616b:6f00::2]'])
    await expect(inContainer('user', `wget -q -T 3 -O - http://${gateway}/`)).rejects.toThrow(gateway);
  expect(
    await inContainer('user', 'ip -6 addr show dev eth0 scope global; wget -q -O - http://[fd00:77::1]/'),
  ).toMatch(/inet6 fd68:616b:6f00::15\/64(.*\n)*from outside\n$/);
  const passt = bench.pidOf('user', 'passt');
  expect((await bench.hako(['delete', '--force', 'user'])).exitCode).toBe(0);
  await until(() => !isRunning(passt), 'passt has ended');
});

test('a network that cannot be connected: the container is not created, and the reason is said', async () => {
  const create = async (path: string) => {
    const { exitCode, stderr } = await bench.create([
      '--bundle',
      bench.bundle(['true'], inNamespace(path)),
      'bad',
    ]);
    expect(exitCode).toBe(1);
    expect(bench.leftovers()).toEqual([]);
    return stderr;
  };
  expect(await create('/run/netns/not-there')).toMatch(/"\/run\/netns\/not-there" failed with ENOENT/);
  expect(await create(bench.rootfs)).toMatch(/is no namespace, not one of type network/);
  expect(await create('/proc/self/ns/net')).toMatch(/is the host's own network/);

  stage.link('eth0', 77);
  stage.tc('qdisc', 'add', 'dev', 'eth0', 'ingress');
  expect(await create(stage.path)).toMatch(/eth0 .*has a traffic control already/);
  stage.tc('qdisc', 'delete', 'dev', 'eth0', 'ingress');

  const index = /^(\d+): eth0/m.exec(stage.ip('-o', 'link'))?.[1] ?? '';
  stage.ip('tuntap', 'add', 'dev', `htap${index}`, 'mode', 'tap');
  expect(await create(stage.path)).toMatch(/there is an interface of that name already/);
  // It was not made by hako and is still there.
  expect(stage.ip('-br', 'link')).toContain(`htap${index}`);
  stage.ip('tuntap', 'delete', 'dev', `htap${index}`, 'mode', 'tap');
});
