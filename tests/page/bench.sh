#!/bin/sh
# The page with 100 drones moving over 1,000 km of line, in headless Chromium with software GL.
set -eu
cd "$(dirname "$0")/../.."
. scripts/lib.sh
need_npm tests/page
exec node tests/page/bench.mjs
