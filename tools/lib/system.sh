# shellcheck shell=bash
# Debian packages: which ones hako needs, which are missing, and their installation. Sourced after common.sh.

# What running hako and building its guest take from the system.
run_packages() {
  say qemu-system-x86 qemu-system-common
  # virtiofsd is part of qemu-system-common up to Debian 12 and a package of its own later.
  if [ ! -x /usr/lib/qemu/virtiofsd ] && apt-cache show virtiofsd >/dev/null 2>&1; then say virtiofsd; fi
  # The guest is made with erofs-utils and xz-utils; busybox and crun are for bundles and for comparison.
  say erofs-utils xz-utils iproute2 busybox-static crun ca-certificates
  # For the one C file of packages/engine.
  say gcc libc6-dev
}

# What the tests take besides.
test_packages() { say aardvark-dns catatonit chromium containerd containernetworking-plugins cpio git iptables netavark passt podman runc shellcheck; }

# Node.js is only needed for npm, and npm only to fetch pnpm; pnpm brings the project's own Node.js.
bootstrap_packages() {
  pnpm_command >/dev/null && return
  command -v node >/dev/null && command -v npm >/dev/null && return
  say nodejs npm
}

missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || say "$package"
  done
}

# install_packages NAME...: says what is missing, asks, installs; exits with the commands to run where it may not.
install_packages() {
  local missing
  command -v apt-get >/dev/null ||
    die "this system has no apt-get; install by hand what these Debian packages bring: $*"
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "Debian packages to install: ${missing[*]}"
  if [ "$(id -u)" != 0 ]; then
    die "installing them needs root; run this, then start again:
  sudo apt-get update
  sudo apt-get install --yes --no-install-recommends ${missing[*]}"
  fi
  ask 'Install them with apt-get?' || die 'nothing was installed'
  # Lists of a fresh machine are missing or stale. One unreachable source need not matter: the install decides.
  apt_get update || say 'apt-get update reported problems; going on'
  apt_get install --yes --no-install-recommends "${missing[@]}" || die 'apt-get install failed; its messages are above'
}

# apt-get, with its progress on a terminal and only its errors elsewhere.
apt_get() {
  local options=(-o DPkg::Lock::Timeout=300)
  if [ -t 1 ]; then
    DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" -q "$@"
  else
    DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" -o Dpkg::Use-Pty=0 -qq "$@" >/dev/null
  fi
}
