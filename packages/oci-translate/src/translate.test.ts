import { defaultRuntimeConfig, parseConfiguration } from '@hako/config';
import type { Spec } from '@hako/oci-spec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TranslateError } from './error.ts';
import { type TranslateInput, translate } from './translate.ts';

const spec: Spec = {
  ociVersion: '1.0.2',
  process: { cwd: '/', args: ['sh'], env: ['PATH=/bin', 'A=b=c', 'none'] },
  root: { path: 'rootfs', readonly: true },
  hostname: 'box',
  linux: {
    namespaces: [{ type: 'network', path: '/run/netns/a' }, { type: 'pid' }],
    devices: [{ path: '/dev/x', type: 'c', major: 1 }],
  },
};

const h = 'io.katacontainers.config.hypervisor.';

function run(annotations: Record<string, string> = {}, more: Partial<TranslateInput> = {}) {
  return translate({
    spec: { ...spec, annotations },
    bundlePath: '/run/bundle',
    containerId: 'c1',
    config: defaultRuntimeConfig(),
    host: { numCpus: 8 },
    ...more,
  });
}

function errors(...input: Parameters<typeof run>): string[] {
  try {
    run(...input);
  } catch (error) {
    if (error instanceof TranslateError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('a container by itself', () => {
  const { sandbox, container, warnings } = run();
  expect(warnings).toEqual([]);
  expect(container).toMatchObject({
    id: 'c1',
    sandboxId: 'c1',
    type: 'single_container',
    bundlePath: '/run/bundle',
    rootfs: { path: '/run/bundle/rootfs', readonly: true },
    env: [
      { name: 'PATH', value: '/bin' },
      { name: 'A', value: 'b=c' },
    ],
    devices: [{ containerPath: '/dev/x', type: 'c', major: 1, minor: 0, fileMode: 0, uid: 0, gid: 0 }],
  });
  expect(sandbox).toMatchObject({
    id: 'c1',
    hostname: 'box',
    network: { netNsPath: '/run/netns/a', internetworkingModel: 'tcfilter', disableNewNetNs: false },
    shmSizeBytes: 0,
    kernelParams: [],
  });
  expect(JSON.parse(JSON.stringify({ sandbox, container }))).toEqual({ sandbox, container });
});

test('annotations of all families change the sandbox, and origins say so', () => {
  const { config, origins } = parseConfiguration(
    '[hypervisor.qemu]\nkernel_params = "a=1 quiet"\nenable_annotations = ["kernel(_hash|_params)?", "initrd", "default_(vcpus|memory)", "machine_type", "shared_fs", "runtime\\\\.disable_guest_seccomp"]\n',
    { file: 'c.toml' },
  );
  const result = run(
    {
      [`${h}default_vcpus`]: '1.5',
      [`${h}default_memory`]: '1GiB',
      [`${h}kernel_params`]: 'a=2 b',
      [`${h}machine_type`]: 'microvm',
      [`${h}shared_fs`]: 'virtio-9p',
      [`${h}kernel`]: '/k',
      [`${h}initrd`]: '/i',
      [`${h}kernel_hash`]: 'AB'.repeat(64),
      'io.katacontainers.config.runtime.disable_guest_seccomp': 'true',
      'io.katacontainers.config.agent.container_pipe_size': '65536',
      'io.katacontainers.container.resource.swappiness': '7',
    },
    { config, configOrigins: origins },
  );
  expect(result.sandbox.hypervisor).toMatchObject({
    defaultVcpus: 2,
    defaultMemoryMib: 1024,
    machineType: 'microvm',
    sharedFs: 'virtio-9p',
    kernel: '/k',
    initrd: '/i',
    image: '',
  });
  expect(result.sandbox.kernelParams).toEqual([
    { key: 'agent.container_pipe_size', value: '65536' },
    { key: 'quiet' },
    { key: 'a', value: '2' },
    { key: 'b' },
  ]);
  expect(result.sandbox.runtime.disableGuestSeccomp).toBe(true);
  expect(result.sandbox.assetHashes).toEqual({ kernel: 'ab'.repeat(64) });
  expect(result.container.spec.linux?.resources?.memory).toEqual({ swappiness: 7 });
  expect(result.origins['hypervisor.kernel']).toEqual({ kind: 'annotation', key: `${h}kernel` });
  expect(result.applied).toHaveLength(11);
});

test('with no word from the operator sensitive keys are refused, and the refusal says what would allow them', () => {
  expect(
    errors({
      [`${h}path`]: '/bin/sh',
      [`${h}kernel`]: '/k',
      'io.katacontainers.config.runtime.sandbox_bind_mounts': '/etc',
    }),
  ).toEqual([
    `${h}kernel "/k": is allowed only where the operator enables it: chooses code that runs in, or builds, the VM; add "kernel" to enable_annotations in [hypervisor.qemu]`,
    `${h}path "/bin/sh": is allowed only where the operator enables it: runs a program on the host; add "path" to enable_annotations in [hypervisor.qemu]`,
    'io.katacontainers.config.runtime.sandbox_bind_mounts "/etc": is allowed only where the operator enables it: a pod can name any host path, also read-write; add "runtime\\\\.sandbox_bind_mounts" to enable_annotations in [hypervisor.qemu]',
  ]);
});

test('problems of spec and annotations come together', () => {
  const broken: Spec = {
    ociVersion: '1.0.2',
    linux: {
      devices: [
        { type: 'q', path: '' },
        { type: 'c', path: '' },
      ],
    },
  };
  expect(
    errors(
      {},
      {
        spec: {
          ...broken,
          annotations: { [`${h}default_vcpus`]: '99', 'io.kubernetes.cri.container-type': 'x' },
        },
      },
    ),
  ).toEqual([
    'config.json: root: is required',
    'config.json: process: is required',
    'config.json: linux.devices[0].type "q": must be c, u, b or p (device "")',
    'config.json: linux.devices[1].path "": must not be empty',
    'config.json: io.kubernetes.cri.container-type "x": must be sandbox, podsandbox or container',
    `${h}default_vcpus "99": must be at most 8, the number of CPUs of the host`,
  ]);
});

test('a spec as text is checked here', () => {
  expect(
    errors({}, { spec: undefined as never, specText: '{"ociVersion":3}', specFile: '/b/config.json' }),
  ).toEqual(['/b/config.json: ociVersion "3": must be a string, not a number']);
});

test('later containers of a pod do not change the sandbox', () => {
  const result = run({
    'io.kubernetes.cri.container-type': 'container',
    'io.kubernetes.cri.sandbox-id': 'pod1',
    [`${h}default_memory`]: 'nonsense',
    'io.katacontainers.container.resource.swap_in_bytes': '1048576',
  });
  expect(result.container).toMatchObject({ type: 'pod_container', sandboxId: 'pod1' });
  expect(result.sandbox).toMatchObject({ id: 'pod1', hypervisor: { defaultMemoryMib: 2048 } });
  expect(result.container.spec.linux?.resources?.memory).toEqual({ swap: 1_048_576 });
  expect(errors({ 'io.kubernetes.cri.container-type': 'container' })).toEqual([
    'config.json: annotations: must name the sandbox of a container that belongs to a pod',
  ]);
});

test('/dev/shm', () => {
  const mounts = [{ destination: '/dev/shm', type: 'bind', source: '/run/shm' }];
  const size = (host: TranslateInput['host']) =>
    run({}, { spec: { ...spec, mounts }, host }).sandbox.shmSizeBytes;
  expect(size({ numCpus: 1 })).toBe(67_108_864);
  expect(size({ numCpus: 1, fileSystemSize: () => ({ blockSize: 4096, blocks: 10 }) })).toBe(40_960);
  expect(
    errors(
      {},
      { spec: { ...spec, mounts }, host: { numCpus: 1, fileSystemSize: () => ({ error: 'no such file' }) } },
    ),
  ).toEqual(['config.json: mounts[0].source "/run/shm": must be on a file system of the host: no such file']);
});

test('sizes that mean "as the host" are numbers in the result', () => {
  const config = defaultRuntimeConfig();
  const { hypervisor } = run(
    {},
    { config: { ...config, hypervisor: { ...config.hypervisor, defaultVcpus: -1 } } },
  ).sandbox;
  expect(hypervisor).toMatchObject({ defaultVcpus: 8, defaultMaxVcpus: 8 });
});

test('nothing but a TranslateError is thrown', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(`${h}default_vcpus`, `${h}kernel_params`, 'io.katacontainers.x'),
        fc.string(),
      ),
      (annotations) => {
        try {
          run(annotations);
        } catch (error) {
          expect(error).toBeInstanceOf(TranslateError);
        }
      },
    ),
  );
});

test("the first process's SELinux label is that of the machine, unless disable_selinux says otherwise", () => {
  const label = 'system_u:system_r:container_kvm_t:s0:c1,c2';
  const labelled = { ...spec, process: { cwd: '/', args: ['sh'], selinuxLabel: label } };
  const labelOf = (text: string) =>
    run({}, { spec: labelled, config: parseConfiguration(text, { file: 'c.toml' }).config }).sandbox
      .selinuxLabel;
  expect(labelOf('')).toBe(label);
  expect(labelOf('[hypervisor.qemu]\ndisable_selinux = true\n')).toBe('');
  expect(run().sandbox.selinuxLabel).toBe('');
});

test('what is refused is an error with the place that asks for it, and is not said to have no effect as well', () => {
  const file = '/etc/hako/configuration.toml';
  const text = '[hypervisor.qemu]\njailer_path = "/jailer"\n\n[runtime]\nguest_selinux_label = "x"\n';
  const { config, origins } = parseConfiguration(text, { file });
  const annotations = { [`${h}hotplug_vfio_on_root_bus`]: 'true', [`${h}disable_guest_selinux`]: 'true' };
  const policy = { enableAnnotations: ['.*'], pathLists: {} };
  expect(errors(annotations, { config, configOrigins: origins, policy })).toEqual([
    `${h}hotplug_vfio_on_root_bus "true": is refused: a q35 plugs nothing into its root bus; hot_plug_vfio names a port; remove it, or set it to false`,
    `${file}:2: hypervisor.qemu.jailer_path "/jailer": is refused: QEMU runs in no jail of Firecracker; its own limits are seccompsandbox; remove it, or set it to ""`,
    `${file}:5: runtime.guest_selinux_label "x": is refused: the guest image has no SELinux policy; remove it, or set it to ""`,
  ]);
  // A further member of a pod gets no machine; the older line is held to what was recorded of it.
  const member = {
    'io.kubernetes.cri.container-type': 'container',
    'io.kubernetes.cri.sandbox-id': 'pod',
  };
  expect(errors(member, { config, configOrigins: origins })).toEqual([]);
  const older = { ...spec, linux: { ...spec.linux, resources: {} } };
  expect(errors({}, { spec: older, config, configOrigins: origins, line: '1.x' })).toEqual([]);
});
