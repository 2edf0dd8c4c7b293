#!/usr/bin/env bash
# tools/demo.sh HIGGINS: assesses the recordings of examples/, and a learner's of ../shared/so762 where it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
higgins=$1
if [[ ! -f packs/en-us/manifest.json ]]; then
  echo "demo: packs/en-us has no manifest.json: the pack is not there (README.md says how one is made)" >&2
  exit 1
fi
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi

# assess TITLE AUDIO TEXT: the command as one would type it, then what it prints.
assess() {
  printf '\n%s%s%s\n$ %s assess %s "%s"\n\n' "$bold" "$1" "$plain" "$higgins" "$2" "$3"
  "$higgins" assess "$2" "$3"
}
text_of() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["text"])' "$1"; }

assess "1. A native speaker, reading well" examples/austen_young_man.flac "$(text_of examples/austen_young_man.json)"
assess "2. A synthetic voice with known errors: $(python3 tools/describe_example.py examples/think_slt_errors.json)" \
  examples/think_slt_errors.flac "$(text_of examples/think_slt_errors.json)"

corpus=../shared/so762
if [[ -f $corpus/labels.jsonl ]]; then
  # One fixed learner of the dev division, who was not seen in any choice made on `fit`.
  IFS=$'\t' read -r audio text scores < <(python3 - "$corpus" <<'E2'
import json, pathlib, sys
corpus = pathlib.Path(sys.argv[1])
lines = (json.loads(line) for line in (corpus / "labels.jsonl").open(encoding="utf-8"))
wrong = lambda u: sum(score < 0.5 for word in u["words"] for score in word["phones-accuracy"])
dev = (u for u in lines if u["division"] == "dev" and wrong(u) >= 3 and 6 <= len(u["words"]) <= 9)
u = min(dev, key=lambda u: u["id"])
heard = f'accuracy {u["accuracy"]}, fluency {u["fluency"]}, total {u["total"]} of 10, {wrong(u)} phones wrong'
print(corpus / u["audio"], u["text"], heard, sep="\t")
E2
  )
  assess "3. A learner (SpeechOcean762, dev division; the experts gave: $scores)" "$audio" "$text"
else
  printf '\n(3. a real learner: needs the SpeechOcean762 recordings in %s)\n' "$corpus"
fi
