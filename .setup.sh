# Shared by run and test: installs what is missing, configures, builds. Sourced, in the project's folder.
# Everything is said on stderr: stdout belongs to the program.

# missing KINDS…: "package reason" for every line of .packages of these kinds that no installed package meets.
missing() {
    local installed kind names why name
    installed=" $(dpkg-query -W -f='${Package} ${db:Status-Status}\n' | awk '$2 == "installed" { printf "%s ", $1 }')"
    while read -r kind names why; do
        [[ " $* " == *" $kind "* ]] || continue
        for name in ${names//|/ }; do
            [[ $installed != *" $name "* ]] || continue 2
        done
        for name in ${names//|/ }; do
            ! apt-cache show "$name" >/dev/null 2>&1 || break
            name=${names%%|*}
        done
        echo "$name $why"
    done <.packages
}

# Leaves it to the build to fail where something cannot be installed: it may be here in another form.
install_missing() {
    if ! command -v dpkg-query >/dev/null; then
        [ -f build/build.ninja ] || echo "This is no Debian or Ubuntu: if the build stops, install what .packages lists." >&2
        return 0
    fi
    local lines packages log root=()
    lines=$(missing "$@")
    [ -n "$lines" ] || return 0
    packages=$(awk '{ print $1 }' <<<"$lines" | tr '\n' ' ')
    echo "Installing what is missing:" >&2
    while read -r name why; do printf '  %-24s %s\n' "$name" "$why" >&2; done <<<"$lines"
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "That needs root, and there is no sudo. As root: apt-get update && apt-get install $packages" >&2
            return 0
        fi
        root=(sudo)
    fi
    log=$(mktemp)
    # Without lists, or with old ones, the first try fails.
    if ! apt_install $packages >"$log" 2>&1 && ! { "${root[@]}" apt-get update && apt_install $packages; } >>"$log" 2>&1; then
        grep -E "^(E|W|Err|sudo):" "$log" | tail -n 5 >&2
        echo "They could not be installed. Is there a connection? All that apt-get said: $log" >&2
        return 0
    fi
    rm -f "$log"
}

apt_install() {
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# build FOLDER TARGETS… [-- CMAKE OPTIONS…]: quiet unless it fails; on a terminal one line tells how far it is.
build() {
    local folder=$1 targets=() log=$1/build.log
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do targets+=("$1"); shift; done
    [ $# -eq 0 ] || shift
    mkdir -p "$folder"
    local source
    source=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt" 2>/dev/null || true)
    if [ -n "$source" ] && ! [ "$source" -ef . ]; then # the project was moved: CMake refuses the old paths
        rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles" "$folder/build.ninja"
    fi
    if [ ! -f "$folder/build.ninja" ]; then
        echo "Building in $folder: some minutes, the first time …" >&2
        if ! cmake -G Ninja -S . -B "$folder" -DCMAKE_BUILD_TYPE=Release "$@" >"$log" 2>&1; then
            tail -n 20 "$log" >&2
            echo "The build cannot be configured. What it needs is listed in .packages." >&2
            return 1
        fi
    fi
    if ! cmake --build "$folder" --parallel "$(nproc)" --target "${targets[@]}" 2>&1 | tee "$log" | progress; then
        grep -E -A 5 "error|FAILED" "$log" | head -n 40 >&2 || true
        echo "The build failed; the whole log: $folder/build.log" >&2
        return 1
    fi
}

progress() {
    local step
    while read -r step _; do
        [[ ! -t 2 || $step != \[*/*\] ]] || printf '\r%s ' "$step" >&2
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
}
