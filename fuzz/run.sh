#!/usr/bin/env bash
# fuzz/run.sh BUILD_DIR [SECONDS]: runs every fuzz target found in BUILD_DIR/fuzz: known inputs first, then SECONDS (30) of
# new ones. Stops at the first finding; the input is kept in BUILD_DIR/fuzz/findings/. New corpus: BUILD_DIR/fuzz/corpus/.
set -euo pipefail
build=$(realpath "$1")
seconds=${2:-30}
here=$(dirname "$(realpath "$0")")
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
export LSAN_OPTIONS=suppressions=$here/../tools/lsan.supp:print_suppressions=0

shopt -s nullglob
targets=("$build"/fuzz/*_fuzzer)
((${#targets[@]})) || { echo "fuzz: no target in $build/fuzz" >&2; exit 1; }
mkdir -p "$build/fuzz/findings"
for target in "${targets[@]}"; do
  name=$(basename "$target" _fuzzer)
  corpus=$build/fuzz/corpus/$name
  mkdir -p "$corpus"
  folders=("$corpus")
  for folder in "$here/regressions/$name" "$here/seeds/$name"; do
    [[ -d $folder ]] && folders+=("$folder")
  done
  options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1
    -artifact_prefix="$build/fuzz/findings/$name-")
  [[ -f $here/$name.dict ]] && options+=(-dict="$here/$name.dict")
  log=$build/fuzz/$name.log
  if ! "$target" "${options[@]}" "${folders[@]}" >"$log" 2>&1 </dev/null; then
    tail -n 60 "$log"
    echo "fuzz $name: FAILED; the input is in $build/fuzz/findings/, the log in $log" >&2
    exit 1
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
  echo "fuzz $name: $runs inputs in $seconds s, coverage ${coverage:-?}, no finding"
done
