# bash completion of hako.
# Made by `pnpm nx run @hako/reference:reference` from the commands and the tables in the packages. Do not edit.

# Commands below a command path ('' for hako itself), its flags, and what each of its arguments is.
__hako_commands() {
  case "$1" in
    '') echo 'run create start state kill delete exec list ps pause resume update logs iptables console metrics events stats overhead direct-volume env image factory checkpoint restore kata-network spec check explain config features version' ;;
    'iptables') echo 'get set' ;;
    'direct-volume') echo 'add remove stats resize' ;;
    'image') echo 'show check' ;;
    'factory') echo 'init status destroy' ;;
    'config') echo 'show check init' ;;
  esac
}

__hako_flags() {
  case "$1" in
    '') echo '-v --version --root --log --log-format --debug --criu --kata-config --show-default-config-paths --kata-show-default-config-paths --config --lenient --systemd-cgroup --cgroup-manager --rootless -h --help' ;;
    'run') echo '-b --bundle --pid-file -t --tty -i --interactive --console-socket --console -f --config --timings -d --detach --keep --no-pivot --no-new-keyring --no-subreaper --preserve-fds -h --help' ;;
    'create') echo '-b --bundle --pid-file --console-socket --console -f --config --no-pivot --no-new-keyring --no-subreaper --preserve-fds -h --help' ;;
    'start') echo '-h --help' ;;
    'state') echo '-h --help' ;;
    'kill') echo '-a --all -r --regex -h --help' ;;
    'delete') echo '-f --force -r --regex -h --help' ;;
    'exec') echo '-p --process -d --detach -t --tty -i --interactive --console-socket --console --pid-file --cwd -e --env -u --user -g --additional-gids -c --cap --no-new-privs --preserve-fds --apparmor --cgroup --process-label --ignore-paused --no-subreaper -h --help' ;;
    'list') echo '-f --format -q --quiet --kata-all -h --help' ;;
    'ps') echo '-f --format -h --help' ;;
    'pause') echo '-h --help' ;;
    'resume') echo '-h --help' ;;
    'update') echo '-r --resources --cpu-period --cpu-quota --cpu-share --cpu-rt-period --cpu-rt-runtime --cpuset-cpus --cpuset-mems --memory --memory-reservation --memory-swap --pids-limit --blkio-weight --kernel-memory --kernel-memory-tcp --l3-cache-schema --mem-bw-schema -h --help' ;;
    'logs') echo '-s --source --apart -f --follow -h --help' ;;
    'iptables') echo '-h --help' ;;
    'iptables get') echo '--v6 -h --help' ;;
    'iptables set') echo '--v6 -h --help' ;;
    'console') echo '-h --help' ;;
    'metrics') echo '-h --help' ;;
    'events') echo '--interval --stats -h --help' ;;
    'stats') echo '-h --help' ;;
    'overhead') echo '-h --help' ;;
    'direct-volume') echo '-h --help' ;;
    'direct-volume add') echo '--volume-path --mount-info -h --help' ;;
    'direct-volume remove') echo '--volume-path -h --help' ;;
    'direct-volume stats') echo '--volume-path -h --help' ;;
    'direct-volume resize') echo '--volume-path --size -h --help' ;;
    'env') echo '--json -h --help' ;;
    'image') echo '-h --help' ;;
    'image show') echo '--json -h --help' ;;
    'image check') echo '-h --help' ;;
    'factory') echo '-h --help' ;;
    'factory init') echo '-h --help' ;;
    'factory status') echo '--json -h --help' ;;
    'factory destroy') echo '-h --help' ;;
    'checkpoint') echo '-h --help' ;;
    'restore') echo '-h --help' ;;
    'kata-network') echo '-h --help' ;;
    'spec') echo '-b --bundle -f --file --rootless -h --help' ;;
    'check') echo '--json -v --verbose -s --strict -n --no-network-checks -h --help' ;;
    'explain') echo '-a --annotation --diff --json --id -h --help' ;;
    'config') echo '-h --help' ;;
    'config show') echo '--origin --json -h --help' ;;
    'config check') echo '--lenient --json -h --help' ;;
    'config init') echo '-h --help' ;;
    'features') echo '-h --help' ;;
    'version') echo '-h --help' ;;
  esac
}

__hako_arguments() {
  case "$1" in
    'run') echo 'nothing' ;;
    'create') echo 'nothing' ;;
    'start') echo 'containers more' ;;
    'state') echo 'containers' ;;
    'kill') echo 'containers nothing' ;;
    'delete') echo 'containers more' ;;
    'exec') echo 'containers files more' ;;
    'ps') echo 'containers nothing more' ;;
    'pause') echo 'containers' ;;
    'resume') echo 'containers' ;;
    'update') echo 'containers' ;;
    'logs') echo 'containers' ;;
    'iptables get') echo 'containers' ;;
    'iptables set') echo 'containers files' ;;
    'console') echo 'containers' ;;
    'metrics') echo 'containers' ;;
    'events') echo 'containers' ;;
    'stats') echo 'containers' ;;
    'overhead') echo 'containers more' ;;
    'checkpoint') echo 'containers' ;;
    'restore') echo 'containers' ;;
    'kata-network') echo 'containers' ;;
    'explain') echo 'files' ;;
    'config show') echo 'keys more' ;;
    'config check') echo 'files more' ;;
    'config init') echo 'files' ;;
  esac
}

# What stands for the value of a flag; nothing for a switch.
__hako_value() {
  case "$1 $2" in
    ' --root') echo 'folders' ;;
    ' --log') echo 'files' ;;
    ' --log-format') echo 'words text json' ;;
    ' --criu') echo 'files' ;;
    ' --kata-config') echo 'files' ;;
    ' --config') echo 'files' ;;
    ' --cgroup-manager') echo 'words cgroupfs systemd disabled' ;;
    ' --rootless') echo 'words true false auto' ;;
    'run -b' | 'run --bundle') echo 'folders' ;;
    'run --pid-file') echo 'files' ;;
    'run --console-socket') echo 'files' ;;
    'run --console') echo 'files' ;;
    'run -f' | 'run --config') echo 'files' ;;
    'run --timings') echo 'files' ;;
    'run --preserve-fds') echo 'files' ;;
    'create -b' | 'create --bundle') echo 'folders' ;;
    'create --pid-file') echo 'files' ;;
    'create --console-socket') echo 'files' ;;
    'create --console') echo 'files' ;;
    'create -f' | 'create --config') echo 'files' ;;
    'create --preserve-fds') echo 'files' ;;
    'exec -p' | 'exec --process') echo 'files' ;;
    'exec --console-socket') echo 'files' ;;
    'exec --console') echo 'files' ;;
    'exec --pid-file') echo 'files' ;;
    'exec --cwd') echo 'folders' ;;
    'exec -e' | 'exec --env') echo 'files' ;;
    'exec -u' | 'exec --user') echo 'files' ;;
    'exec -g' | 'exec --additional-gids') echo 'files' ;;
    'exec -c' | 'exec --cap') echo 'files' ;;
    'exec --preserve-fds') echo 'files' ;;
    'exec --apparmor') echo 'files' ;;
    'exec --cgroup') echo 'files' ;;
    'exec --process-label') echo 'files' ;;
    'list -f' | 'list --format') echo 'words table json' ;;
    'ps -f' | 'ps --format') echo 'words table json' ;;
    'update -r' | 'update --resources') echo 'files' ;;
    'update --cpu-period') echo 'files' ;;
    'update --cpu-quota') echo 'files' ;;
    'update --cpu-share') echo 'files' ;;
    'update --cpu-rt-period') echo 'files' ;;
    'update --cpu-rt-runtime') echo 'files' ;;
    'update --cpuset-cpus') echo 'files' ;;
    'update --cpuset-mems') echo 'files' ;;
    'update --memory') echo 'files' ;;
    'update --memory-reservation') echo 'files' ;;
    'update --memory-swap') echo 'files' ;;
    'update --pids-limit') echo 'files' ;;
    'update --blkio-weight') echo 'files' ;;
    'update --kernel-memory') echo 'files' ;;
    'update --kernel-memory-tcp') echo 'files' ;;
    'update --l3-cache-schema') echo 'files' ;;
    'update --mem-bw-schema') echo 'files' ;;
    'logs -s' | 'logs --source') echo 'files' ;;
    'events --interval') echo 'files' ;;
    'direct-volume add --volume-path') echo 'files' ;;
    'direct-volume add --mount-info') echo 'files' ;;
    'direct-volume remove --volume-path') echo 'files' ;;
    'direct-volume stats --volume-path') echo 'files' ;;
    'direct-volume resize --volume-path') echo 'files' ;;
    'direct-volume resize --size') echo 'files' ;;
    'spec -b' | 'spec --bundle') echo 'folders' ;;
    'spec -f' | 'spec --file') echo 'files' ;;
    'explain -a' | 'explain --annotation') echo 'annotations' ;;
    'explain --id') echo 'files' ;;
  esac
}

__hako_keys='hypervisor.qemu
agent.kata
agent.kata.mem_agent
runtime
factory
proxy.kata
shim.kata
netmon
hypervisor.qemu.path
hypervisor.qemu.kernel
hypervisor.qemu.image
hypervisor.qemu.initrd
hypervisor.qemu.rootfs_type
hypervisor.qemu.machine_type
hypervisor.qemu.accelerator
hypervisor.qemu.kernel_params
hypervisor.qemu.kernel_verity_params
hypervisor.qemu.firmware
hypervisor.qemu.firmware_volume
hypervisor.qemu.machine_accelerators
hypervisor.qemu.cpu_features
hypervisor.qemu.pflashes
hypervisor.qemu.disable_image_nvdimm
hypervisor.qemu.vm_rootfs_driver
hypervisor.qemu.use_legacy_serial
hypervisor.qemu.use_vsock
hypervisor.qemu.guest_hook_path
hypervisor.qemu.disable_nesting_checks
hypervisor.qemu.default_vcpus
hypervisor.qemu.default_maxvcpus
hypervisor.qemu.enable_numa
hypervisor.qemu.numa_mapping
hypervisor.qemu.default_memory
hypervisor.qemu.memory_slots
hypervisor.qemu.default_maxmemory
hypervisor.qemu.memory_offset
hypervisor.qemu.enable_virtio_mem
hypervisor.qemu.enable_mem_prealloc
hypervisor.qemu.reclaim_guest_freed_memory
hypervisor.qemu.enable_hugepages
hypervisor.qemu.hugepage_type
hypervisor.qemu.file_mem_backend
hypervisor.qemu.enable_swap
hypervisor.qemu.enable_mem_lock
hypervisor.qemu.enable_guest_swap
hypervisor.qemu.guest_swap_path
hypervisor.qemu.guest_swap_size_percent
hypervisor.qemu.guest_swap_create_threshold_secs
hypervisor.qemu.guest_memory_dump_path
hypervisor.qemu.guest_memory_dump_paging
hypervisor.qemu.shared_fs
hypervisor.qemu.virtio_fs_daemon
hypervisor.qemu.virtio_fs_cache_size
hypervisor.qemu.virtio_fs_queue_size
hypervisor.qemu.virtio_fs_extra_args
hypervisor.qemu.virtio_fs_cache
hypervisor.qemu.virtio_fs_is_dax
hypervisor.qemu.msize_9p
hypervisor.qemu.prefetch_list_path
hypervisor.qemu.disable_block_device_use
hypervisor.qemu.block_device_driver
hypervisor.qemu.block_device_aio
hypervisor.qemu.block_device_cache_set
hypervisor.qemu.block_device_cache_direct
hypervisor.qemu.block_device_cache_noflush
hypervisor.qemu.block_device_logical_sector_size
hypervisor.qemu.block_device_physical_sector_size
hypervisor.qemu.queue_size
hypervisor.qemu.num_queues
hypervisor.qemu.enable_iothreads
hypervisor.qemu.indep_iothreads
hypervisor.qemu.enable_vhost_user_store
hypervisor.qemu.vhost_user_store_path
hypervisor.qemu.vhost_user_reconnect_timeout_sec
hypervisor.qemu.disk_rate_limiter_bw_max_rate
hypervisor.qemu.disk_rate_limiter_bw_one_time_burst
hypervisor.qemu.disk_rate_limiter_ops_max_rate
hypervisor.qemu.disk_rate_limiter_ops_one_time_burst
hypervisor.qemu.default_bridges
hypervisor.qemu.enable_iommu
hypervisor.qemu.enable_iommu_platform
hypervisor.qemu.hot_plug_vfio
hypervisor.qemu.cold_plug_vfio
hypervisor.qemu.hotplug_vfio_on_root_bus
hypervisor.qemu.pcie_root_port
hypervisor.qemu.pcie_switch_port
hypervisor.qemu.entropy_source
hypervisor.qemu.disable_vhost_net
hypervisor.qemu.network_queues
hypervisor.qemu.rx_rate_limiter_max_rate
hypervisor.qemu.tx_rate_limiter_max_rate
hypervisor.qemu.net_rate_limiter_bw_max_rate
hypervisor.qemu.net_rate_limiter_bw_one_time_burst
hypervisor.qemu.net_rate_limiter_ops_max_rate
hypervisor.qemu.net_rate_limiter_ops_one_time_burst
hypervisor.qemu.enable_annotations
hypervisor.qemu.valid_hypervisor_paths
hypervisor.qemu.valid_jailer_paths
hypervisor.qemu.valid_ctlpaths
hypervisor.qemu.valid_virtio_fs_daemon_paths
hypervisor.qemu.valid_vhost_user_store_paths
hypervisor.qemu.valid_entropy_sources
hypervisor.qemu.valid_file_mem_backends
hypervisor.qemu.confidential_guest
hypervisor.qemu.sev_snp_guest
hypervisor.qemu.snp_id_block
hypervisor.qemu.snp_id_auth
hypervisor.qemu.snp_guest_policy
hypervisor.qemu.tdx_quote_generation_service_socket_port
hypervisor.qemu.measurement_algo
hypervisor.qemu.initdata
hypervisor.qemu.remote_hypervisor_socket
hypervisor.qemu.remote_hypervisor_timeout
hypervisor.qemu.default_gpus
hypervisor.qemu.default_gpu_model
hypervisor.qemu.rootless
hypervisor.qemu.rootless_user
hypervisor.qemu.seccompsandbox
hypervisor.qemu.enable_debug
hypervisor.qemu.hypervisor_loglevel
hypervisor.qemu.log_level
hypervisor.qemu.extra_monitor_socket
hypervisor.qemu.disable_selinux
hypervisor.qemu.disable_guest_selinux
hypervisor.qemu.disable_seccomp
hypervisor.qemu.jailer_path
hypervisor.qemu.ctlpath
hypervisor.qemu.boot_to_be_template
hypervisor.qemu.boot_from_template
hypervisor.qemu.memory_path
hypervisor.qemu.device_state_path
agent.kata.enable_debug
agent.kata.log_level
agent.kata.enable_tracing
agent.kata.kernel_modules
agent.kata.debug_console_enabled
agent.kata.dial_timeout
agent.kata.dial_timeout_ms
agent.kata.reconnect_timeout_ms
agent.kata.health_check_request_timeout_ms
agent.kata.cdh_api_timeout
agent.kata.launch_process_timeout
agent.kata.visible_cdi_devices
agent.kata.server_port
agent.kata.log_port
agent.kata.passfd_listener_port
agent.kata.container_pipe_size
agent.kata.policy
agent.kata.trace_mode
agent.kata.trace_type
agent.kata.mem_agent.mem_agent_enable
agent.kata.mem_agent.memcg_disable
agent.kata.mem_agent.memcg_swap
agent.kata.mem_agent.memcg_swappiness_max
agent.kata.mem_agent.memcg_period_secs
agent.kata.mem_agent.memcg_period_psi_percent_limit
agent.kata.mem_agent.memcg_eviction_psi_percent_limit
agent.kata.mem_agent.memcg_eviction_run_aging_count_min
agent.kata.mem_agent.compact_disable
agent.kata.mem_agent.compact_period_secs
agent.kata.mem_agent.compact_period_psi_percent_limit
agent.kata.mem_agent.compact_psi_percent_limit
agent.kata.mem_agent.compact_sec_max
agent.kata.mem_agent.compact_order
agent.kata.mem_agent.compact_threshold
agent.kata.mem_agent.compact_force_times
runtime.enable_debug
runtime.log_level
runtime.name
runtime.hypervisor_name
runtime.agent_name
runtime.internetworking_model
runtime.disable_guest_seccomp
runtime.use_pause_image
runtime.enable_vcpus_pinning
runtime.guest_selinux_label
runtime.enable_tracing
runtime.jaeger_endpoint
runtime.jaeger_user
runtime.jaeger_password
runtime.disable_new_netns
runtime.sandbox_cgroup_only
runtime.static_sandbox_resource_mgmt
runtime.sandbox_bind_mounts
runtime.vfio_mode
runtime.disable_guest_empty_dir
runtime.emptydir_mode
runtime.experimental
runtime.enable_pprof
runtime.create_container_timeout
runtime.dan_conf
runtime.experimental_force_guest_pull
runtime.kubelet_root_dir
runtime.pod_resource_api_sock
runtime.keep_abnormal
runtime.shared_mounts
runtime.use_passfd_io
factory.enable_template
factory.template_path
factory.vm_cache_number
factory.vm_cache_endpoint
proxy.kata.path
proxy.kata.enable_debug
shim.kata.path
shim.kata.enable_debug
shim.kata.enable_tracing
netmon.enable_netmon
netmon.path
netmon.enable_debug'
__hako_annotations='io.katacontainers.config.hypervisor.kernel
io.katacontainers.config.hypervisor.image
io.katacontainers.config.hypervisor.initrd
io.katacontainers.config.hypervisor.firmware
io.katacontainers.config.hypervisor.firmware_volume
io.katacontainers.config.hypervisor.path
io.katacontainers.config.hypervisor.jailer_path
io.katacontainers.config.hypervisor.ctlpath
io.katacontainers.config.hypervisor.kernel_hash
io.katacontainers.config.hypervisor.image_hash
io.katacontainers.config.hypervisor.initrd_hash
io.katacontainers.config.hypervisor.firmware_hash
io.katacontainers.config.hypervisor.firmware_volume_hash
io.katacontainers.config.hypervisor.hypervisor_hash
io.katacontainers.config.hypervisor.jailer_hash
io.katacontainers.config.hypervisor.hypervisorctl_hash
io.katacontainers.asset_hash_type
io.katacontainers.config.hypervisor.default_vcpus
io.katacontainers.config.hypervisor.default_max_vcpus
io.katacontainers.config.hypervisor.cpu_features
io.katacontainers.config.hypervisor.numa_mapping
io.katacontainers.config.hypervisor.default_memory
io.katacontainers.config.hypervisor.memory_slots
io.katacontainers.config.hypervisor.memory_offset
io.katacontainers.config.hypervisor.enable_virtio_mem
io.katacontainers.config.hypervisor.enable_mem_prealloc
io.katacontainers.config.hypervisor.enable_hugepages
io.katacontainers.config.hypervisor.hugepage_type
io.katacontainers.config.hypervisor.enable_swap
io.katacontainers.config.hypervisor.enable_guest_swap
io.katacontainers.config.hypervisor.file_mem_backend
io.katacontainers.config.hypervisor.reclaim_guest_freed_memory
io.katacontainers.config.hypervisor.block_device_driver
io.katacontainers.config.hypervisor.block_device_aio
io.katacontainers.config.hypervisor.disable_block_device_use
io.katacontainers.config.hypervisor.enable_iothreads
io.katacontainers.config.hypervisor.indep_iothreads
io.katacontainers.config.hypervisor.block_device_cache_set
io.katacontainers.config.hypervisor.block_device_cache_direct
io.katacontainers.config.hypervisor.block_device_cache_noflush
io.katacontainers.config.hypervisor.blk_logical_sector_size
io.katacontainers.config.hypervisor.blk_physical_sector_size
io.katacontainers.config.hypervisor.block_device_num_queues
io.katacontainers.config.hypervisor.block_device_queue_size
io.katacontainers.config.hypervisor.enable_vhost_user_store
io.katacontainers.config.hypervisor.vhost_user_store_path
io.katacontainers.config.hypervisor.vhost_user_reconnect_timeout_sec
io.katacontainers.config.hypervisor.disable_image_nvdimm
io.katacontainers.config.hypervisor.shared_fs
io.katacontainers.config.hypervisor.virtio_fs_daemon
io.katacontainers.config.hypervisor.virtio_fs_cache
io.katacontainers.config.hypervisor.virtio_fs_cache_size
io.katacontainers.config.hypervisor.virtio_fs_extra_args
io.katacontainers.config.hypervisor.msize_9p
io.katacontainers.config.hypervisor.machine_type
io.katacontainers.config.hypervisor.machine_accelerators
io.katacontainers.config.hypervisor.kernel_params
io.katacontainers.config.hypervisor.kernel_verity_params
io.katacontainers.config.hypervisor.entropy_source
io.katacontainers.config.hypervisor.enable_iommu
io.katacontainers.config.hypervisor.enable_iommu_platform
io.katacontainers.config.hypervisor.hotplug_vfio_on_root_bus
io.katacontainers.config.hypervisor.hot_plug_vfio
io.katacontainers.config.hypervisor.cold_plug_vfio
io.katacontainers.config.hypervisor.pcie_root_port
io.katacontainers.config.hypervisor.pcie_switch_port
io.katacontainers.config.hypervisor.use_legacy_serial
io.katacontainers.config.hypervisor.use_vsock
io.katacontainers.config.hypervisor.guest_hook_path
io.katacontainers.config.hypervisor.prefetch_files.list
io.katacontainers.config.hypervisor.rootless
io.katacontainers.config.hypervisor.cc_init_data
io.katacontainers.config.hypervisor.default_gpus
io.katacontainers.config.hypervisor.default_gpu_model
io.katacontainers.config.hypervisor.disable_vhost_net
io.katacontainers.config.hypervisor.rx_rate_limiter_max_rate
io.katacontainers.config.hypervisor.tx_rate_limiter_max_rate
io.katacontainers.config.hypervisor.network_queues
io.katacontainers.config.runtime.disable_guest_seccomp
io.katacontainers.config.runtime.sandbox_cgroup_only
io.katacontainers.config.runtime.experimental
io.katacontainers.config.runtime.internetworking_model
io.katacontainers.config.runtime.disable_new_netns
io.katacontainers.config.runtime.vfio_mode
io.katacontainers.config.runtime.enable_pprof
io.katacontainers.config.runtime.create_container_timeout
io.katacontainers.config.runtime.experimental_force_guest_pull
io.katacontainers.config.runtime.guest_selinux_label
io.katacontainers.config.runtime.enable_vcpus_pinning
io.katacontainers.config.runtime.name
io.katacontainers.config.runtime.hypervisor_name
io.katacontainers.config.runtime.agent_name
io.katacontainers.config.runtime.disable_guest_empty_dir
io.katacontainers.config.runtime.shared_mounts
io.katacontainers.config.runtime.sandbox_bind_mounts
io.katacontainers.config_path
io.katacontainers.fs-opt.layer=
io.katacontainers.fs-opt.is-layer
io.katacontainers.fs-opt.block_device=file
sgx.intel.com/epc
io.katacontainers.config.agent.kernel_modules
io.katacontainers.config.agent.enable_tracing
io.katacontainers.config.agent.trace_mode
io.katacontainers.config.agent.trace_type
io.katacontainers.config.agent.container_pipe_size
io.katacontainers.config.agent.policy
io.katacontainers.config.agent.cdh_api_timeout_ms
io.katacontainers.config.agent.cdh_api_timeout
io.katacontainers.container.resource.swappiness
io.katacontainers.container.resource.swap_in_bytes'
# Values of annotations that have a closed set.
__hako_annotation_words() {
  case "$1" in
    'io.katacontainers.asset_hash_type') echo 'sha512' ;;
    'io.katacontainers.config.hypervisor.enable_virtio_mem') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.enable_mem_prealloc') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.enable_hugepages') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.hugepage_type') echo 'hugetlbfs thp' ;;
    'io.katacontainers.config.hypervisor.enable_swap') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.enable_guest_swap') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.reclaim_guest_freed_memory') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.block_device_driver') echo 'virtio-scsi virtio-blk virtio-mmio nvdimm virtio-blk-ccw' ;;
    'io.katacontainers.config.hypervisor.block_device_aio') echo 'threads native io_uring' ;;
    'io.katacontainers.config.hypervisor.disable_block_device_use') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.enable_iothreads') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.block_device_cache_set') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.block_device_cache_direct') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.block_device_cache_noflush') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.enable_vhost_user_store') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.disable_image_nvdimm') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.shared_fs') echo 'virtio-fs virtio-9p none' ;;
    'io.katacontainers.config.hypervisor.virtio_fs_cache') echo 'never none metadata auto always' ;;
    'io.katacontainers.config.hypervisor.machine_type') echo 'q35 pc microvm virt' ;;
    'io.katacontainers.config.hypervisor.enable_iommu') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.enable_iommu_platform') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.hotplug_vfio_on_root_bus') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.hot_plug_vfio') echo 'no-port bridge-port root-port switch-port' ;;
    'io.katacontainers.config.hypervisor.cold_plug_vfio') echo 'no-port bridge-port root-port switch-port' ;;
    'io.katacontainers.config.hypervisor.use_legacy_serial') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.use_vsock') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.rootless') echo 'true false' ;;
    'io.katacontainers.config.hypervisor.disable_vhost_net') echo 'true false' ;;
    'io.katacontainers.config.runtime.disable_guest_seccomp') echo 'true false' ;;
    'io.katacontainers.config.runtime.sandbox_cgroup_only') echo 'true false' ;;
    'io.katacontainers.config.runtime.internetworking_model') echo 'tcfilter macvtap none default' ;;
    'io.katacontainers.config.runtime.disable_new_netns') echo 'true false' ;;
    'io.katacontainers.config.runtime.vfio_mode') echo 'vfio guest-kernel' ;;
    'io.katacontainers.config.runtime.enable_pprof') echo 'true false' ;;
    'io.katacontainers.config.runtime.experimental_force_guest_pull') echo 'true false' ;;
    'io.katacontainers.config.runtime.enable_vcpus_pinning') echo 'true false' ;;
    'io.katacontainers.config.runtime.name') echo 'virt_container linux_container wasm_container' ;;
    'io.katacontainers.config.runtime.hypervisor_name') echo 'qemu' ;;
    'io.katacontainers.config.runtime.agent_name') echo 'kata' ;;
    'io.katacontainers.config.runtime.disable_guest_empty_dir') echo 'true false' ;;
    'io.katacontainers.config.agent.enable_tracing') echo 'true false' ;;
    'io.katacontainers.config.agent.trace_mode') echo 'dynamic static' ;;
    'io.katacontainers.config.agent.trace_type') echo 'isolated collated' ;;
  esac
}


# The kind of the argument number $1 of the kinds that follow, where "more" says that the last one goes on.
__hako_nth() {
  local number=$1 kinds=("${@:2}")
  [ ${#kinds[@]} -gt 0 ] || return
  [ "${kinds[-1]}" != more ] || [ "$number" -lt $((${#kinds[@]} - 1)) ] || number=$((${#kinds[@]} - 2))
  echo "${kinds[number]}"
}

_hako() {
  local current=${COMP_WORDS[COMP_CWORD]} command='' kind='' word index root=() given=0
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    case $word in
      -*)
        kind=$(__hako_value "$command" "$word")
        [ -n "$kind" ] || continue
        # bash makes words of --flag=value: --flag, =, value.
        [ "${COMP_WORDS[index + 1]}" != = ] || ((index++))
        ((index++))
        [ "$word" != --root ] || root=(--root "${COMP_WORDS[index]}")
        ((index < COMP_CWORD)) && kind=
        ;;
      =) ;;
      *)
        kind=
        if [[ " $(__hako_commands "$command") " == *" $word "* ]]; then
          command="${command:+$command }$word"
        else
          ((given++))
        fi
        ;;
    esac
  done
  # KEY=VALUE of an annotation is three words, too.
  if [ "$current" = = ] || [ "${COMP_WORDS[COMP_CWORD - 1]}" = = ]; then
    index=$((COMP_CWORD - 1))
    [ "$current" = = ] && current= || index=$((COMP_CWORD - 2))
    word=$(__hako_annotation_words "${COMP_WORDS[index]}")
    if [ -n "$word" ]; then
      mapfile -t COMPREPLY < <(compgen -W "$word" -- "$current")
      return
    fi
    case ${COMP_WORDS[index]} in
      -*) kind=$(__hako_value "$command" "${COMP_WORDS[index]}") ;;
    esac
  fi
  if [ -z "$kind" ]; then
    if [[ $current == -* ]]; then
      mapfile -t COMPREPLY < <(compgen -W "$(__hako_flags "$command")" -- "$current")
      return
    fi
    word=$(__hako_commands "$command")
    kind=${word:+words $word}
    [ -n "$kind" ] || kind=$(__hako_nth "$given" $(__hako_arguments "$command"))
  fi
  case $kind in
    'words '*) mapfile -t COMPREPLY < <(compgen -W "${kind#words }" -- "$current") ;;
    folders) mapfile -t COMPREPLY < <(compgen -d -- "$current") && compopt -o filenames 2>/dev/null ;;
    files) mapfile -t COMPREPLY < <(compgen -f -- "$current") && compopt -o filenames 2>/dev/null ;;
    containers)
      mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" "${root[@]}" list --quiet 2>/dev/null)" -- "$current")
      ;;
    keys) mapfile -t COMPREPLY < <(compgen -W "$__hako_keys" -- "$current") ;;
    annotations)
      mapfile -t COMPREPLY < <(compgen -W "$__hako_annotations" -S = -- "$current")
      compopt -o nospace 2>/dev/null
      ;;
  esac
}
complete -F _hako hako
