#!/usr/bin/env bash
# Installs what the project needs. Safe to run again: it asks what is there and adds only what is missing.
#
#   tools/setup.sh [GROUP ...]     build (default) | test | server-test | load | deploy | check | training | web
#
#   build     compiler tools and libraries (Debian packages), OpenVINO into .deps/openvino, ruff into .deps/tools
#   test      GoogleTest, rapidcheck, tools that make odd audio files
#   server-test  what the tests of the running server need: nginx, and Python packages into .deps/server_e2e
#   load      what the server is compared with under load: FastAPI and onnxruntime into .deps/fastapi_baseline
#   deploy    what checks deploy/: Helm's library into .deps/deploy_check, mmdebstrap
#   check     clang 16 for the fuzzers, clang-format and clang-tidy
#   training  the trainer's Python packages into .venv (large: PyTorch)
#   web       Node.js and npm to build the server's page, Chromium to test it (npm's packages: make web)
#
# Environment: SUDO (default: sudo when not root), PYTHON (default: python3).
set -euo pipefail
cd "$(dirname "$0")/.."

openvino_version=2026.4.1
python=${PYTHON:-python3}

build_packages=(make cmake ninja-build ccache g++ pkg-config ca-certificates python3-venv
  libsndfile1-dev libmpg123-dev libogg-dev libvorbis-dev libopus-dev libwebm-dev libsoxr-dev libutf8proc-dev libssl-dev
  nlohmann-json3-dev libcli11-dev libboost1.81-dev libspdlog-dev libsqlite3-dev)
test_packages=(libgtest-dev libgmock-dev libbenchmark-dev librapidcheck-dev python3-dev pocketsphinx-testdata flite sox
  ffmpeg git)
check_packages=(clang-16 clang-tidy-16 clang-format-16 libclang-rt-16-dev llvm-16)
deploy_packages=(mmdebstrap bc)
server_test_packages=(nginx caddy strace curl openssl nodejs libseccomp2)
training_packages=(python3-dev pocketsphinx-en-us flite)
web_packages=(chromium sox)

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# debian_packages GROUP PACKAGE...: installs those of the packages that are missing.
debian_packages() {
  local group=$1 missing=() package
  shift
  if ! command -v dpkg-query >/dev/null; then
    say "not Debian: make sure that these are installed ($group): $*"
    return
  fi
  local installed
  installed=" $(dpkg-query -W -f '${Package}:${db:Status-Status} ' "$@" 2>/dev/null || true) "
  for package in "$@"; do
    [[ $installed == *" $package:installed "* ]] || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    say "Debian packages ($group): all $# there"
    return
  fi
  say "Debian packages ($group): installing ${missing[*]}"
  local sudo=()
  if ((EUID != 0)); then
    command -v "${SUDO:-sudo}" >/dev/null ||
      fail "neither root nor sudo; as root run: apt-get install --no-install-recommends ${missing[*]}"
    sudo=("${SUDO:-sudo}")
    # Without a terminal nobody can type a password: fail at once and say so.
    [[ -t 0 ]] || sudo+=(-n)
  fi
  local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0)
  "${apt[@]}" update >/dev/null </dev/null || say "the package lists could not be refreshed; trying with those at hand"
  "${apt[@]}" install --no-install-recommends "${missing[@]}" </dev/null >.deps/apt.log 2>&1 ||
    { tail -n 20 .deps/apt.log >&2; fail "apt-get install failed (all of it: .deps/apt.log)"; }
}

# python_environment DIR REQUIREMENTS: a virtual environment with exactly these requirements.
python_environment() {
  local directory=$1 requirements=$2
  if cmp -s "$requirements" "$directory/installed-requirements.txt" && "$directory/bin/python" -c '' 2>/dev/null; then
    say "$directory: up to date"
    return
  fi
  say "$directory: installing $requirements"
  [[ -x $directory/bin/python ]] && "$directory/bin/python" -m pip --version >/dev/null 2>&1 ||
    "$python" -m venv "$directory" || fail "no virtual environment in $directory: is python3-venv installed?"
  "$directory/bin/python" -m pip install -q --disable-pip-version-check -r "$requirements" ||
    fail "pip could not install $requirements"
  cp "$requirements" "$directory/installed-requirements.txt"
}

# The wheel carries the C++ headers, the CMake package and the libraries. Nothing in it is imported from Python here.
openvino() {
  local version_file=.deps/openvino/openvino/cmake/OpenVINOConfig-version.cmake found=none
  [[ -f $version_file ]] &&
    found=$(sed -n 's/^set(PACKAGE_VERSION_\(MAJOR\|MINOR\|PATCH\) \([0-9]*\))/\2/p' "$version_file" | paste -sd.)
  if [[ $found == "$openvino_version" ]]; then
    say "OpenVINO $openvino_version: there"
    return
  fi
  say "OpenVINO $openvino_version: installing its wheel into .deps/openvino (about 60 MB to fetch)"
  rm -rf .deps/openvino.partial
  .deps/tools/bin/python -m pip install -q --disable-pip-version-check --no-deps --target .deps/openvino.partial \
    "openvino==$openvino_version" || fail "pip could not install openvino==$openvino_version"
  rm -rf .deps/openvino
  mv .deps/openvino.partial .deps/openvino
}

# Any Node.js from 18 on will do, Debian's or another; Debian's where there is none.
node_js() {
  local major
  major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')
  if [[ -n $major ]] && ((major >= 18)) && npm --version >/dev/null 2>&1; then
    say "Node.js $(node --version), npm $(npm --version): there"
    return
  fi
  debian_packages web nodejs npm
  major=$(node --version | sed -n 's/^v\([0-9]*\)\..*/\1/p')
  ((major >= 18)) || fail "needs Node.js 18 or newer; 'node' is $(node --version)"
}

started=$SECONDS
mkdir -p .deps
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || fail "needs Python 3.11 or newer as '$python'"
for group in "${@:-build}"; do
  case $group in
    build)
      debian_packages build "${build_packages[@]}"
      python_environment .deps/tools tools/requirements.txt
      openvino
      ;;
    test) debian_packages test "${test_packages[@]}" ;;
    server-test)
      debian_packages server-test "${server_test_packages[@]}"
      python_environment .deps/server_e2e tests/server_e2e/requirements.txt
      ;;
    load) python_environment .deps/fastapi_baseline bench/fastapi_baseline/requirements.txt ;;
    deploy)
      debian_packages deploy "${deploy_packages[@]}"
      python_environment .deps/deploy_check tests/deploy/requirements.txt
      ;;
    check) debian_packages check "${check_packages[@]}" ;;
    training)
      debian_packages training "${training_packages[@]}"
      python_environment .venv training/requirements.txt
      ;;
    web)
      node_js
      debian_packages web "${web_packages[@]}"
      ;;
    *) fail "unknown group '$group' (build, test, server-test, check, training or web)" ;;
  esac
done
say "done in $((SECONDS - started)) s"
