#!/usr/bin/env bash
# tools/sanitized_ctest.sh asan|tsan [JOBS]: runs a sanitizer preset's tests.
#
# ThreadSanitizer runs only what uses threads: the rooms are pure functions. Address space randomisation is turned off
# for it where that is allowed, because g++ 12's runtime refuses the high entropy of newer kernels.
#
# The presets set TBB_ENABLE_SANITIZERS: OpenVINO's TBB would else open a library in a way that the sanitizers refuse.
# And intercept_tls_get_addr=0: g++ 12's runtime falls over thread-local data of libraries that were opened late.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
jobs=${2:-2}
case $preset in
  asan) exec ctest --preset asan -j "$jobs" --label-exclude "^(tools|server_e2e)$" ;;
  tsan)
    fixed=()
    setarch "$(uname -m)" -R true 2>/dev/null && fixed=(setarch "$(uname -m)" -R)
    # A library of its suppressions may not be unloaded, and OpenVINO unloads this one with its last graph.
    hwloc=$(find "$PWD/.deps/openvino" -name 'libhwloc.so.*' -print -quit)
    exec "${fixed[@]}" env LD_PRELOAD="$hwloc" ctest --preset tsan -j "$jobs" --label-regex '^(engine|acoustic|scorer|end_to_end|server)$' ;;
  *) echo "usage: $0 asan|tsan [JOBS]" >&2; exit 2 ;;
esac
