# shellcheck shell=bash
# Words to the user, and the arguments that quickstart and test share. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Ask before changing the system; no terminal means that nobody is there to answer.
assume_yes=false
[ -t 0 ] && [ -t 1 ] || assume_yes=true

say() { printf '%s\n' "$*"; }
head_line() { printf '\n== %s\n' "$*"; }
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# ask QUESTION: true when the user agrees.
ask() {
  local answer
  $assume_yes && return 0
  printf '%s [Y/n] ' "$1"
  read -r answer || return 1
  case $answer in '' | [yY]*) return 0 ;; *) return 1 ;; esac
}
