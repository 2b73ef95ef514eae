# What suites install that need more than Node.js. Sourced, with `here` set to the folder of the suite: nothing is
# fetched when everything is already there.
root=$(cd "$here/../.." && pwd)
main=${DYNATOM_MAIN:-$root/packages/server/dist/start/dynatom.cjs}

log() { printf '# %s\n' "$*" >&2; }

die() {
  printf 'not ok install: %s\n0 passed, 1 failed\n' "$*"
  exit 1
}

# Prints the first Python that has venv and is new enough for the pinned boto3.
find_python() {
  local candidate
  for candidate in python3 python3.13 python3.12 python3.11 python3.10; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' \
      >/dev/null 2>&1; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

has_jdk() { java -version >/dev/null 2>&1 && javac -version >/dev/null 2>&1; }

install_system_packages() {
  local packages=()
  find_python >/dev/null || packages+=(python3 python3-venv)
  has_jdk || packages+=(default-jdk-headless)
  command -v mvn >/dev/null || packages+=(maven)
  [ "${#packages[@]}" -eq 0 ] && return 0

  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    die "missing on this machine: ${packages[*]}"
  fi
  log "apt-get install ${packages[*]}"
  apt-get update -qq >&2 &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}" >&2
}

# Installs the packages of the repository when the one that is named is not there.
install_workspace() {
  [ -d "$root/node_modules/$1" ] && return 0
  log 'npm ci'
  (cd "$root" && npm ci --silent >&2)
}

build_server() {
  [ -f "$main" ] && return 0
  log 'npm run build'
  (cd "$root" && npm run --silent build >&2)
}

# Installs requirements.txt of the suite into .venv beside it.
install_python() {
  local installed="$here/.venv/requirements.txt"
  cmp -s "$here/requirements.txt" "$installed" && return 0

  local python
  python=$(find_python) || die 'python 3.10 or newer with venv is needed'
  log 'installing requirements.txt'
  rm -rf "$here/.venv"
  "$python" -m venv "$here/.venv" &&
    "$here/.venv/bin/python" -m pip install --quiet --disable-pip-version-check \
      --requirement "$here/requirements.txt" >&2 &&
    cp "$here/requirements.txt" "$installed"
}

# Installs package.json of the suite beside it.
install_node_programs() {
  local installed="$here/node_modules/installed.json"
  cmp -s "$here/package.json" "$installed" && return 0
  log 'installing package.json'
  local flags=(--no-package-lock --no-audit --no-fund --ignore-scripts --silent)
  (cd "$here" && npm install "${flags[@]}" >&2) && cp "$here/package.json" "$installed"
}
