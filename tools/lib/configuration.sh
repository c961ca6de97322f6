# shellcheck shell=bash
# The configuration that quickstart and install write. Sourced after common.sh.

# configuration GUEST: prints a configuration whose kernel and image lie in the folder GUEST.
configuration() {
  local guest=$1 qemu virtiofsd
  qemu=$(first_program "/usr/bin/qemu-system-$(uname -m)" /usr/libexec/qemu-kvm)
  virtiofsd=$(first_program /usr/lib/qemu/virtiofsd /usr/libexec/virtiofsd)
  cat <<EOT
# hako's configuration, in the words of Kata Containers' configuration.toml.
# Keys that are left out have their defaults; annotations of a container change them where allowed.

[hypervisor.qemu]
path = "$qemu"
kernel = "$guest/vmlinux"
image = "$guest/hako-guest.img"
# auto: KVM where a probe shows that this kernel boots under it, software emulation (tcg) elsewhere.
accelerator = "auto"
machine_type = "q35"
default_vcpus = 1
default_memory = 256
shared_fs = "virtio-fs"
virtio_fs_daemon = "$virtiofsd"
# Bytes of the longest 9p message, for where shared_fs is virtio-9p. Kata's default is 8192, with which files are read and written ten times slower.
msize_9p = 131072
EOT
}

# The first of the paths that can be run, or the first of all.
first_program() {
  local path
  for path in "$@"; do
    [ -x "$path" ] && say "$path" && return
  done
  say "$1"
}
