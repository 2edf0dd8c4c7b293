#!/usr/bin/env bash
# tools/tidy.sh [JOBS] [FILE ...]: clang-tidy 16 over the sources of src/ (or the given files), warnings as errors.
# A file is checked again only when it, a header of the project or the rules changed: the marks are in build/tidy/.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${1:-2}
shift || true
cmake --preset release >/dev/null  # compile_commands.json, with every file that there is now
mapfile -t files < <(if (($#)); then printf '%s\n' "$@"; else git ls-files 'src/*.cc'; fi)
mkdir -p build/tidy
shared=$(cat .clang-tidy CMakePresets.json $(git ls-files '*.h' 'CMakeLists.txt' 'cmake/*') | sha256sum | cut -c1-16)
todo=()
for file in "${files[@]}"; do
  mark=build/tidy/${file//\//_}.$shared.$(sha256sum <"$file" | cut -c1-16)
  [[ -f $mark ]] || todo+=("$file" "$mark")
done
echo "tidy: $((${#todo[@]} / 2)) of ${#files[@]} files to check"
((${#todo[@]})) || exit 0
printf '%s\0' "${todo[@]}" | xargs -0 -n 2 -P "$jobs" bash -c '
  if out=$(clang-tidy-16 -p build/release --quiet --extra-arg=-Wno-unknown-warning-option "$0" 2>/dev/null); then
    rm -f "${1%.*.*}".*; touch "$1"
  else
    printf "%s\n" "$out"; exit 1
  fi'
echo "tidy: clean"
