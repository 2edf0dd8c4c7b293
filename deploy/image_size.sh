#!/usr/bin/env bash
# deploy/image_size.sh [TREE]: the file tree of the image's last stage, made without Docker, its size, and a run of the program in
# it. The list of Debian packages, the COPY lines and their order are read from deploy/Dockerfile; the base is made by
# mmdebstrap (minimal Debian 12, without documentation and locales, as debian:12-slim is). Needs root, mmdebstrap, and a build in
# build/release. TREE (default: a temporary folder that is removed) is kept when it is given.
#
# The size is what the files hold: `du` of the tree, which is what `docker image ls` shows to within the rounding of blocks.
# Fails at 250 MB.
set -euo pipefail
cd "$(dirname "$0")/.."
limit_mb=250
keep=${1:-}
work=$(mktemp -d)
# Should mmdebstrap be stopped half-way, its mounts go first: never delete through them.
trap 'umount -R -l "$work"/tree/{proc,sys,dev} 2>/dev/null; rm -rf --one-file-system "$work"' EXIT
tree=${keep:-$work/tree}
prefix=$work/opt/higgins

cmake --install build/release --prefix "$prefix" --strip >"$work/install.log" || { tail "$work/install.log" >&2; exit 1; }

# The last stage, with its continued lines joined.
stage=$(sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' deploy/Dockerfile | awk '/^FROM /{text=""} {text=text $0 "\n"} END{printf "%s", text}')
packages=$(grep -o 'install -y --no-install-recommends [^&]*' <<<"$stage" | sed 's/.*recommends//' | xargs | tr ' ' ',')

# The same paths that the slim image leaves out; usr-is-merged, which it has,
# in the place of usrmerge, which brings perl.
exclude=(--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*'
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright'
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/lintian/*'
  --dpkgopt='path-exclude=/usr/share/groff/*' --dpkgopt='path-exclude=/usr/share/linda/*')
mmdebstrap --quiet --variant=minbase --mode=root "${exclude[@]}" --include="usr-is-merged,$packages" \
  --customize-hook='chroot "$1" apt-get -qq purge --autoremove -y usrmerge "perl" "perl-modules-*" "libperl*" "lib*-perl" >/dev/null' bookworm "$tree" \
  "${DEBIAN_SOURCES:-/etc/apt/sources.list.d/debian.sources}" >"$work/mmdebstrap.log" 2>&1 ||
  { tail "$work/mmdebstrap.log" >&2; exit 1; }
rm -rf "$tree"/var/lib/apt/lists/* "$tree"/var/cache/* "$tree"/var/log/*
base_kb=$(du -sk "$tree" | cut -f1)

while read -r _ from source target; do
  [[ $from == --from=build ]] || { echo "image_size.sh: COPY $from $source is not known here" >&2; exit 1; }
  source=$work$source
  mkdir -p "$tree$(dirname "${target%/}")"
  if [[ $source == */ ]]; then
    mkdir -p "$tree$target" && cp -a "$source." "$tree$target"
  else
    cp -aL "$source" "$tree$target"
  fi
done < <(grep '^COPY ' <<<"$stage")

# Nothing is missing: the program runs in there, as the image's user, and assesses a recording.
cp examples/think_slt_errors.flac "$tree/tmp/clip.flac"
mkdir -p "$tree/proc" && { mountpoint -q "$tree/proc" || mount -t proc proc "$tree/proc" 2>/dev/null || true; }
score=$(chroot --userspec=10001:10001 "$tree" /usr/local/bin/higgins assess /tmp/clip.flac "I think this is the very best weather for a long walk." --json |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["utterance"]["total"])') || score=none
serve=$(chroot --userspec=10001:10001 "$tree" /usr/local/bin/higgins serve --check-config 2>&1 | tail -n 1) || true
umount "$tree/proc" 2>/dev/null || true
rm -f "$tree/tmp/clip.flac"

whole_kb=$(du -sk "$tree" | cut -f1)
printf '%-46s %7.1f MB\n' "Debian and the libraries ($(tr ',' '\n' <<<"$packages" | wc -l) packages asked for)" "$(bc <<<"scale=3; $base_kb * 1.024 / 1000")"
for part in usr/local/bin usr/local/lib/higgins usr/local/share/higgins; do
  printf '%-46s %7.1f MB\n' "/$part" "$(bc <<<"scale=3; $(du -sk "$tree/$part" | cut -f1) * 1.024 / 1000")"
done
printf '%-46s %7.1f MB (limit %d)\n' "image" "$(bc <<<"scale=3; $whole_kb * 1.024 / 1000")" "$limit_mb"
echo "a recording assessed in the tree: total $score; serve --check-config: $serve"
[[ $score != none ]] || { echo "image_size.sh: the program does not run in the tree" >&2; exit 1; }
(($(bc <<<"$whole_kb * 1.024 / 1000 < $limit_mb"))) || { echo "image_size.sh: over $limit_mb MB" >&2; exit 1; }
