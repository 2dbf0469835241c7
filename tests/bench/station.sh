#!/bin/sh
cd "$(dirname "$0")/../.." && exec node tests/bench/station.mjs
