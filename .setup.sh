# Shared by run and test: installs what is missing, configures, builds. Sourced, in the project's folder.

# missing KINDS…: the packages of these kinds that are not installed, one a line.
missing() {
    local wanted installed
    wanted=$(for kind in "$@"; do awk -v kind="$kind" '$1 == kind { print $2 }' .packages; done)
    installed=$(dpkg-query -W -f='${Status} ${Package}\n' $wanted 2>/dev/null | awk '$3 == "installed" { print $4 }')
    comm -23 <(sort <<<"$wanted") <(sort <<<"$installed")
}

install_missing() {
    if ! command -v dpkg-query >/dev/null; then
        echo "This is no Debian or Ubuntu system: install what .packages lists by hand if the build stops." >&2
        return 0
    fi
    local packages
    packages=$(missing "$@")
    [ -n "$packages" ] || return 0
    echo "Installing what is missing:" >&2
    for package in $packages; do
        awk -v package="$package" '$2 == package { $1 = ""; name = $2; $2 = ""; printf "  %-24s%s\n", name, $0 }' .packages >&2
    done
    local root=()
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "That needs an administrator: run as root: apt-get install" $packages >&2
            return 1
        fi
        root=(sudo)
    fi
    local log
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    if ! "${root[@]}" apt-get install -y --no-install-recommends $packages >"$log" 2>&1; then
        "${root[@]}" apt-get update >>"$log" 2>&1
        if ! "${root[@]}" apt-get install -y --no-install-recommends $packages >>"$log" 2>&1; then
            tail -n 5 "$log" >&2
            echo "The packages above could not be installed; is there a connection? The whole log: $log" >&2
            return 1
        fi
    fi
    rm -f "$log"
}

# build FOLDER TARGETS… -- CMAKE OPTIONS…: quiet unless it fails or takes long.
build() {
    local folder=$1 targets=() log
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do targets+=("$1"); shift; done
    [ $# -eq 0 ] || shift
    mkdir -p "$folder"
    log=$folder/build.log
    if [ ! -f "$folder/build.ninja" ]; then
        echo "Building (some minutes, the first time) …" >&2
        if ! cmake -G Ninja -S . -B "$folder" -DCMAKE_BUILD_TYPE=Release "$@" >"$log" 2>&1; then
            tail -n 20 "$log" >&2
            return 1
        fi
    fi
    if ! cmake --build "$folder" --target "${targets[@]}" >"$log" 2>&1; then
        grep -E -A 5 "error|FAILED" "$log" | head -n 40 >&2
        echo "The build failed; the whole log: $folder/build.log" >&2
        return 1
    fi
}
