#!/bin/sh
# The tracker's scenarios: more seeds with "all". Python for the generator and the scorer only.
set -eu
cd "$(dirname "$0")/../.."
. scripts/lib.sh
# shellcheck disable=SC2086
need_packages $TRACK_BENCH_PACKAGES
PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 tests/bench/track/run.py build/release "${1:-}"
