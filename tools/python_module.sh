#!/usr/bin/env bash
# tools/python_module.sh [JOBS]: builds the Python module against .venv, into build/python (put that on PYTHONPATH).
set -euo pipefail
cd "$(dirname "$0")/.."
python=$PWD/.venv/bin/python
if [[ ! -x $python ]]; then
  echo "Python module: .venv is missing, run: make setup-training" >&2
  exit 1
fi
mkdir -p build
if [[ ! -f build/python/build.ninja ]]; then
  cmake -S . -B build/python -G Ninja -DCMAKE_BUILD_TYPE=Release -DHIGGINS_TESTS=OFF -DHIGGINS_PYTHON=ON \
    "-DPython_EXECUTABLE=$python" >build/python.log 2>&1 || { tail -n 30 build/python.log; exit 1; }
fi
echo "build: the Python module"
ninja -C build/python -j "${1:-2}" --quiet higgins_python
