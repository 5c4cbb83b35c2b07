# Sourced by scripts/up and scripts/test: what both need on a fresh Debian or Ubuntu machine.
# Expects the project's root as the working directory.

say() { printf '%s\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else say "This step needs root: run it as root, or install sudo. Command: $*"; return 1
  fi
}

# need_packages PROGRAM=PACKAGE...: installs the Debian package of each program, or file by its whole path, that is missing.
need_packages() {
  local missing=() pair
  for pair in "$@"; do command -v "${pair%%=*}" >/dev/null || [ -e "${pair%%=*}" ] || missing+=("${pair#*=}"); done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || { say "Install these first, by this system's own means: ${missing[*]}"; return 1; }
  say "Installing Debian packages: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# need_modules: npm packages as the lockfile says, once per lockfile; Node 24 comes with them.
need_modules() {
  command -v npm >/dev/null || { say "Install Node.js 20 or newer with npm first."; return 1; }
  local stamp=node_modules/.belkluis-installed
  if [ ! -e "$stamp" ] || ! cmp -s package-lock.json "$stamp"; then
    say "Installing npm packages (half a minute)"
    # Not `npm ci`: it wants every platform's optional packages in the lockfile, and not every registry has them. The versions are
    # the lockfile's all the same, and it stays as it was.
    local kept
    kept=$(mktemp)
    cp package-lock.json "$kept"
    npm install --loglevel=error >&2 || { cp "$kept" package-lock.json; return 1; }
    cp "$kept" package-lock.json
    mv "$kept" "$stamp"
  fi
  PATH="$PWD/node_modules/.bin:$PATH"
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)' ||
    { say "No Node 24 for this processor came with the npm packages. Install Node 24 and run this again."; return 1; }
}
