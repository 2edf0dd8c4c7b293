#!/usr/bin/env bash
# tools/test_training.sh [JOBS]: builds the Python module against .venv and runs the tests of training/ and bindings/python.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$PWD/.venv/bin/python
if [[ ! -x $python ]]; then
  echo "trainer's tests: .venv is missing, run: make setup-training" >&2
  exit 1
fi
if [[ ! -f build/python/build.ninja ]]; then
  cmake -S . -B build/python -G Ninja -DCMAKE_BUILD_TYPE=Release -DHIGGINS_TESTS=OFF -DHIGGINS_PYTHON=ON \
    "-DPython_EXECUTABLE=$python" >build/python.log 2>&1 || { tail -n 30 build/python.log; exit 1; }
fi
echo "build: the Python module"
ninja -C build/python -j "${1:-2}" --quiet higgins_python
folders=()
for folder in bindings/python/tests training/tests tests/training; do
  [[ -n $(find "$folder" -name 'test_*.py' -print -quit 2>/dev/null) ]] && folders+=("$folder")
done
echo "trainer's tests: ${folders[*]}"
PYTHONPATH=$PWD/build/python/bindings/python:$PWD/build/python:$PWD/training${PYTHONPATH:+:$PYTHONPATH} \
  exec "$python" -m pytest -q "${folders[@]}" </dev/null
