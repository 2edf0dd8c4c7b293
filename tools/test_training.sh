#!/usr/bin/env bash
# tools/test_training.sh [JOBS]: builds the Python module against .venv and runs the tests of training/ and bindings/python.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$PWD/.venv/bin/python
tools/python_module.sh "${1:-2}"
folders=()
for folder in bindings/python/tests training/tests tests/training; do
  [[ -n $(find "$folder" -name 'test_*.py' -print -quit 2>/dev/null) ]] && folders+=("$folder")
done
echo "trainer's tests: ${folders[*]}"
# One thread: tiny networks gain nothing from more, and where something else uses a core, threads that wait for each other
# in OpenMP take ten times as long.
OMP_NUM_THREADS=1 \
PYTHONPATH=$PWD/build/python/bindings/python:$PWD/build/python:$PWD/training${PYTHONPATH:+:$PYTHONPATH} \
  exec "$python" -m pytest -q "${folders[@]}" </dev/null
