#!/usr/bin/env bash
# usage: assess.sh RECORDING TEXT: asks a Higgins server how a text was read; prints the report, or the problem and exits with 1.
# --retry waits for the Retry-After of 429 and 503.
set -euo pipefail
key=()
[[ -n ${HIGGINS_KEY:-} ]] && key=(-H "Authorization: Bearer $HIGGINS_KEY")
exec curl --silent --show-error --fail-with-body --retry 5 "${key[@]}" -F "audio=@$1" --form-string "text=$2" \
  "${HIGGINS_URL:-http://127.0.0.1:8080}/v1/assess"
