#!/usr/bin/env bash
# tools/sanitized_soak.sh PYTHON REQUESTS: mixed requests against the server of the tsan preset, which ends at a race.
# The sanitizer's own memory grows with the code it has seen, so growth is not judged here.
set -euo pipefail
cd "$(dirname "$0")/.."
fixed=()
setarch "$(uname -m)" -R true 2>/dev/null && fixed=(setarch "$(uname -m)" -R)
export TBB_ENABLE_SANITIZERS=1 HIGGINS_BINARY=$PWD/build/tsan/higgins
export TSAN_OPTIONS="suppressions=$PWD/tools/tsan.supp:halt_on_error=1:second_deadlock_stack=1"
exec "${fixed[@]}" "$1" tests/server_e2e/soak.py --requests "$2" --max-growth-mb 100000
