import { expect, test } from 'vitest';
import { parseConfiguration } from './parse-configuration.ts';

// A file as an installation of Kata 3.x below /opt/kata has it: its tables and keys, in its layout, with its values.
const text = `
# Settings of the QEMU flavour.
[hypervisor.qemu]
path = "/opt/kata/bin/qemu-system-x86_64"
kernel = "/opt/kata/share/kata-containers/vmlinux.container"
image = "/opt/kata/share/kata-containers/kata-containers.img"
# initrd = "/opt/kata/share/kata-containers/kata-containers-initrd.img"
machine_type = "q35"
rootfs_type="ext4"
# confidential_guest = true
# rootless = true
enable_annotations = ["enable_iommu", "virtio_fs_extra_args", "kernel_params", "default_vcpus", "default_memory"]
valid_hypervisor_paths = ["/opt/kata/bin/qemu-system-x86_64"]
kernel_params = ""
firmware = ""
firmware_volume = ""
machine_accelerators=""
#seccompsandbox="on,obsolete=deny,spawn=deny"
cpu_features="pmu=off"

default_vcpus = 1
default_maxvcpus = 0
default_bridges = 1
default_memory = 2048
#memory_slots = 10
default_maxmemory = 0
#enable_virtio_mem = true
disable_block_device_use = false

shared_fs = "virtio-fs"
virtio_fs_daemon = "/opt/kata/libexec/virtiofsd"
valid_virtio_fs_daemon_paths = ["/opt/kata/libexec/virtiofsd"]
virtio_fs_cache_size = 0
virtio_fs_queue_size = 1024
virtio_fs_extra_args = ["--thread-pool-size=1", "--announce-submounts"]
virtio_fs_cache = "auto"

block_device_driver = "virtio-scsi"
block_device_aio = "io_uring"
enable_iothreads = false
enable_vhost_user_store = false
vhost_user_store_path = "/var/run/kata-containers/vhost-user"
valid_vhost_user_store_paths = ["/var/run/kata-containers/vhost-user"]
vhost_user_reconnect_timeout_sec = 0
valid_file_mem_backends = [""]
pflashes = []
disable_image_nvdimm = false
entropy_source= "/dev/urandom"
valid_entropy_sources = ["/dev/urandom","/dev/random",""]
disable_selinux=false
disable_guest_selinux=true

[factory]
# enable_template = true
#template_path = "/run/vc/vm/template"

[agent.kata]
#enable_debug = true
kernel_modules=[]
#debug_console_enabled = true
dial_timeout = 45

[runtime]
#enable_debug = true
internetworking_model="tcfilter"
disable_guest_seccomp=true
#enable_tracing = true
sandbox_cgroup_only=false
static_sandbox_resource_mgmt=false
sandbox_bind_mounts=[]
vfio_mode="guest-kernel"
disable_guest_empty_dir=false
experimental=[]
# enable_pprof = true
create_container_timeout = 60
dan_conf = "/run/kata-containers/dans"
`;

// The same for Kata 1.x, whose file has tables of processes that there are no more.
const text1x = `
[hypervisor.qemu]
path = "/usr/bin/qemu-lite-system-x86_64"
kernel = "/usr/share/kata-containers/vmlinuz.container"
image = "/usr/share/kata-containers/kata-containers.img"
machine_type = "pc"
kernel_params = " agent.log=debug"
firmware = ""
machine_accelerators=""
cpu_features="pmu=off"
default_vcpus = 1
default_maxvcpus = 0
default_bridges = 1
default_memory = 2048
disable_block_device_use = false
shared_fs = "virtio-9p"
virtio_fs_daemon = "/usr/bin/virtiofsd"
virtio_fs_cache_size = 1024
virtio_fs_extra_args = []
virtio_fs_cache = "always"
block_device_driver = "virtio-scsi"
enable_iothreads = false
vhost_user_store_path = "/var/run/kata-containers/vhost-user"
use_vsock = false

[factory]
vm_cache_endpoint = "/var/run/kata-containers/cache.sock"

[proxy.kata]
path = "/usr/libexec/kata-containers/kata-proxy"

[shim.kata]
path = "/usr/libexec/kata-containers/kata-shim"

[agent.kata]
kernel_modules=[]

[netmon]
path = "/usr/libexec/kata-containers/kata-netmon"

[runtime]
internetworking_model="tcfilter"
disable_guest_seccomp=true
sandbox_cgroup_only=false
experimental=[]
`;

test('a configuration of Kata 3.x loads without edits', () => {
  const { config, problems } = parseConfiguration(text, { file: 'configuration-qemu.toml' });
  expect(config.hypervisor).toMatchObject({
    path: '/opt/kata/bin/qemu-system-x86_64',
    image: '/opt/kata/share/kata-containers/kata-containers.img',
    initrd: '',
    virtioFsExtraArgs: ['--thread-pool-size=1', '--announce-submounts'],
    blockDeviceAio: 'io_uring',
  });
  expect(config.agent.dialTimeoutMs).toBe(45_000);
  expect(config.runtime).toMatchObject({ createContainerTimeoutSec: 60, disableGuestSeccomp: true });
  // All that is set has its effect; nothing is wrong.
  expect(problems).toEqual([]);
});

test('so does one of Kata 1.x, and what has no effect any more is named', () => {
  const { config, problems } = parseConfiguration(text1x, { file: 'configuration.toml', line: '1.x' });
  expect(config.hypervisor).toMatchObject({ machineType: 'pc', sharedFs: 'virtio-9p' });
  expect(config.hypervisor.kernelParams).toEqual([{ key: 'agent.log', value: 'debug' }]);
  expect(config.netmon.path).toBe('/usr/libexec/kata-containers/kata-netmon');
  expect(new Set(problems.map(({ severity, code }) => `${severity} ${code}`))).toEqual(
    new Set(['warning config/no-effect']),
  );
});
