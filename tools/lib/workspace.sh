# shellcheck shell=bash
# pnpm and the workspace. Sourced after common.sh and system.sh.

# Downloads and the tools' own results; may be deleted at any time.
cache="$root/.hako-cache"

# The exact pnpm that the lock file was made with; package.json's packageManager says which.
pnpm_version=$(sed -n 's/.*"packageManager": "pnpm@\([0-9.]*\)".*/\1/p' "$root/package.json")
pnpm_prefix="$cache/pnpm-$pnpm_version"

# Prints the path of the right pnpm: the private copy, or the system's if its version is the same.
pnpm_command() {
  local candidate
  for candidate in "$pnpm_prefix/node_modules/.bin/pnpm" "$(command -v pnpm)"; do
    [ -x "$candidate" ] && [ "$("$candidate" --version 2>/dev/null)" = "$pnpm_version" ] && say "$candidate" && return
  done
  return 1
}

# Sets PATH so that pnpm and the project's own Node.js come first, and installs what the lock file names.
prepare_workspace() {
  local pnpm
  cd "$root" || exit 1
  mkdir -p "$cache"
  if ! pnpm=$(pnpm_command); then
    say "fetching pnpm $pnpm_version with npm into ${pnpm_prefix#"$root"/}"
    mkdir -p "$pnpm_prefix"
    npm install --prefix "$pnpm_prefix" --no-save --no-audit --no-fund --loglevel=error "pnpm@$pnpm_version" >/dev/null ||
      die 'npm could not fetch pnpm'
    pnpm=$(pnpm_command) || die "pnpm $pnpm_version does not run"
  fi
  export PATH="$root/node_modules/.bin:${pnpm%/*}:$PATH" NX_DAEMON=false NX_TUI=false
  # CI=true keeps pnpm from asking questions; the lock file decides either way.
  CI=true pnpm install --frozen-lockfile --reporter=append-only >"$cache/pnpm-install.log" 2>&1 || {
    cat "$cache/pnpm-install.log" >&2
    die 'pnpm install failed'
  }
}
