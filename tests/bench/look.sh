#!/bin/sh
# Clips for the detection core are rendered into build/look (10 minutes the first time), see tests/bench/look/README.md.
cd "$(dirname "$0")/../.." || exit 1
. scripts/lib.sh
need_packages python3-numpy python3-opencv ffmpeg
exec /usr/bin/python3 tests/bench/look/run.py build/release/bench/look_raw build/look "$@"
