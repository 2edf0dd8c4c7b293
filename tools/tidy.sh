#!/usr/bin/env bash
# tools/tidy.sh [JOBS] [FILE ...]: clang-tidy 16 over the sources of src/ (or the given files), warnings as errors.
# A file is checked again only when it, a header of the project that it includes, or the rules changed: the marks
# are in build/tidy/.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${1:-2}
shift || true
cmake --preset release >/dev/null  # compile_commands.json, with every file that there is now
mapfile -t files < <(if (($#)); then printf '%s\n' "$@"; else git ls-files 'src/*.cc'; fi)
mkdir -p build/tidy

declare -A headers  # of the project, by source: what the last build read (Ninja keeps it)
while read -r source list; do headers[$source]=$list; done < <(
  ninja -C build/release -t deps | sed "s|^    $PWD/|    ../../|" | awk '
    /^[^ ]/ { if (source) print source, list; source = list = ""; next }
    /^ +\.\.\/\.\.\/(src|include)\// { sub(/^ +\.\.\/\.\.\//, ""); if (!source) source = $0; else list = list " " $0 }
    END { if (source) print source, list }')

todo=()
for file in "${files[@]}"; do
  # A file that was never built: all headers may be its own.
  own=${headers[$file]:-$(git ls-files '*.h' | tr '\n' ' ')}
  # shellcheck disable=SC2086
  mark=build/tidy/${file//\//_}.$(cat .clang-tidy CMakePresets.json "$file" $own | sha256sum | cut -c1-24)
  [[ -f $mark ]] || todo+=("$file" "$mark")
done
echo "tidy: $((${#todo[@]} / 2)) of ${#files[@]} files to check"
((${#todo[@]})) || exit 0
# A finding counts where it stands in our sources, or where a file was not understood. The analyzer also follows paths
# that end inside Boost (a coroutine's frame, Beast's own parsing), where it cannot see what holds.
ours="^$PWD/(src|include)/.*: (error|warning): |\\[clang-diagnostic-error"
export ours
printf '%s\0' "${todo[@]}" | xargs -0 -n 2 -P "$jobs" bash -c '
  status=0
  out=$(clang-tidy-16 -p build/release --quiet --extra-arg=-Wno-unknown-warning-option "$0" 2>/dev/null) || status=$?
  if ((status > 1)) || grep -qE "$ours" <<<"$out"; then
    printf "%s\n" "$out"; exit 1
  fi
  rm -f "${1%.*}".*; touch "$1"'
echo "tidy: clean"
