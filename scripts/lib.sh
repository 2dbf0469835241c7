# Shared by the scripts; source it from the root of the checkout. POSIX sh.
# Every step looks first and does nothing that is current.

BUILD_PACKAGES="gcc libc6-dev cmake ninja-build pkg-config libuv1-dev libwebsockets-dev
    libfyaml-dev libjansson-dev libgdal-dev libgeos-dev libproj-dev proj-data coinor-libclp-dev libsqlite3-dev
    libsodium-dev libssl-dev libpng-dev zlib1g-dev liblzma-dev
    libavformat-dev libavcodec-dev libavutil-dev"
TEST_PACKAGES="clang libclang-rt-14-dev llvm clang-format-14 libcmocka-dev sqlite3 gdal-bin chromium openssl
    curl file procps libxml2-utils ffmpeg"

TRACK_BENCH_PACKAGES="python3 python3-numpy python3-scipy"

say() { printf '%s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Install the Debian packages that are not there yet.
need_packages() {
    missing=""
    for p in "$@"; do
        dpkg-query -W -f='${db:Status-Abbrev}' "$p" 2>/dev/null | grep -q '^ii' || missing="$missing $p"
    done
    [ -z "$missing" ] && return 0
    say "Installing:$missing"
    as_root apt-get update -qq
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

# Node 18 or newer: Debian's, unless another one is there.
need_node() {
    if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
        [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]; then
        return 0
    fi
    need_packages nodejs npm ca-certificates
}

# need_npm DIR: node_modules of DIR, anew only when its package.json changed.
need_npm() {
    sum=$(sha256sum <"$1/package.json" | cut -c1-16)
    [ -e "$1/node_modules/.vigie-$sum" ] && return 0
    say "Installing npm packages of $1"
    if [ -e "$1/package-lock.json" ]; then
        (cd "$1" && npm ci --no-audit --no-fund --loglevel=error >/dev/null)
    else
        (cd "$1" && npm install --no-package-lock --no-audit --no-fund --loglevel=error >/dev/null)
    fi
    touch "$1/node_modules/.vigie-$sum"
}

# stamp NAME FILES...: succeeds if FILES are as they were at the last `stamp_done NAME FILES...`.
stamp_sum() {
    shift
    find "$@" -type f -not -path '*/node_modules/*' 2>/dev/null | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-32
}
stamp() { [ "$(cat "build/stamps/$1" 2>/dev/null)" = "$(stamp_sum "$@")" ]; }
stamp_done() {
    mkdir -p build/stamps
    stamp_sum "$@" >"build/stamps/$1"
}

# The page, packed into build/ui.
build_page() {
    if [ -e build/ui/index.html ] && stamp page ui; then return 0; fi
    need_npm ui
    say "Building the page"
    (cd ui && node build.mjs --out ../build/ui)
    stamp_done page ui
}

# The world's land borders for `vigie new --border`, into build/share.
build_borders() {
    if [ -e build/share/borders.json ] && stamp borders tools/borders; then return 0; fi
    need_npm tools/borders
    say "Building the list of borders"
    mkdir -p build/share
    node tools/borders/make-borders.mjs build/share/borders.json >&2
    stamp_done borders tools/borders
}

# build_preset NAME ON|OFF [TARGET...]: with or without tests and benchmarks.
build_preset() {
    preset=$1
    tests=$2
    shift 2
    if [ "$tests" = ON ] || [ ! -e "build/$preset/build.ninja" ]; then
        cmake --preset "$preset" -DVG_TESTS="$tests" >"build/cmake.log" 2>&1 || {
            tail -n 40 build/cmake.log >&2
            return 1
        }
    fi
    ninja -C "build/$preset" "$@" >"build/$preset/ninja.log" 2>&1 || {
        grep -vE '^\[[0-9]+/[0-9]+\]' "build/$preset/ninja.log" | tail -60 >&2
        return 1
    }
}

build_release() {
    # shellcheck disable=SC2086
    need_packages $BUILD_PACKAGES
    need_node
    build_page
    build_borders
    build_preset release OFF vigie
    ln -f build/release/src/app/vigie build/vigie
}
