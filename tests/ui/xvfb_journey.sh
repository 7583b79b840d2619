#!/usr/bin/env bash
# The real program on a real X server without a screen, by mouse and keyboard from outside: a sample is opened by a click
# on its card, pointed at, asked by keys, and exported by keyboard; the file holds a map. Argument: the program.
# Says "Totals:" as Qt's tests do, and skips with its reason where X or xdotool is missing.
set -uo pipefail
program=$1
passed=0

skip() {
    echo "SKIP   : xvfb_journey $1"
    echo "Totals: 0 passed, 0 failed, 1 skipped, 0 blacklisted"
    exit 0
}
fail() {
    echo "FAIL!  : xvfb_journey $1"
    sed 's/^/   program: /' "$folder/log"
    echo "Totals: $passed passed, 1 failed, 0 skipped, 0 blacklisted"
    exit 1
}
pass() {
    echo "PASS   : xvfb_journey $1"
    passed=$((passed + 1))
}

for tool in Xvfb xdotool import; do
    command -v "$tool" >/dev/null || skip "there is no $tool"
done
folder=$(mktemp -d)
trap 'kill "${app:-}" "${server:-}" 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
mkdir -m 700 "$folder/run" "$folder/home" "$folder/out"
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>"$folder/display" 2>"$folder/xlog" &
server=$!
for _ in $(seq 100); do
    [ -s "$folder/display" ] && break
    sleep 0.1
done
[ -s "$folder/display" ] || skip "no X server starts here: $(tail -n 1 "$folder/xlog")"
DISPLAY=:$(tr -d '[:space:]' <"$folder/display")
export DISPLAY QT_QPA_PLATFORM=xcb HOME=$folder/home XDG_CONFIG_HOME=$folder/home XDG_RUNTIME_DIR=$folder/run
export QT_SCALE_FACTOR=1
"$program" >"$folder/log" 2>&1 &
app=$!

# until SECONDS COMMAND…: whether it came true in time.
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] && kill -0 "$app" 2>/dev/null || return 1
        sleep 0.2
    done
}
look() { import -window root "$folder/$1.ppm"; }
found() { window=$(xdotool search --onlyvisible --name "$1" 2>/dev/null | tail -n 1) && [ -n "$window" ]; }
differs() { look now && ! cmp -s "$folder/now.ppm" "$folder/$1.ppm"; }
# Nothing has moved on the screen for some seconds: what was asked is answered, and its overviews are there.
still() {
    look before
    sleep 2
    ! differs before
}
answered() { xdotool search --name '^chelsea\.png' >/dev/null 2>&1; }

until_true 60 found PerceiverScope || fail "no window is shown"
main=$window
xdotool windowmove "$main" 0 0 windowsize "$main" 1240 760 windowfocus "$main"
until_true 20 still || fail "the start page does not come to rest"
pass "a window is shown"

# The second card: its row begins at the page's left margin and ends well above the status line.
xdotool mousemove 361 600 click 1
until_true 30 answered || fail "a click on the cat's card opens nothing"
until_true 120 still || fail "the answer does not come to rest"
pass "a click on a card opens its sample"

xdotool windowfocus "$main" key 2
look unpointed
xdotool mousemove 450 330
until_true 10 differs unpointed || fail "pointing at the picture changes nothing"
xdotool key 4
until_true 60 still || fail "the map does not come to rest"
look plain
xdotool key c
until_true 10 differs plain || fail "C draws no contours"
pass "pointing and keys change what is shown"

out=$folder/out/map.csv
xdotool key ctrl+e
until_true 20 found '^Export what is shown$' || fail "Ctrl+E opens no dialog"
xdotool windowfocus "$window"
sleep 0.5
xdotool key ctrl+a type --delay 20 "$out"
xdotool key Return
until_true 20 test -s "$out" || fail "nothing is exported: $(ls -A "$folder/out")"
awk -F, 'NR > 1 { n++; sum += $3 } END { exit !(n > 100 && sum > 0.5 && sum < 1.01) }' "$out" ||
    fail "the exported map is none: $(head -n 3 "$out")"
pass "a map is exported by keyboard"

xdotool windowfocus "$main" key ctrl+q
gone() { ! kill -0 "$app" 2>/dev/null; }
for _ in $(seq 100); do
    gone && break
    sleep 0.1
done
gone || fail "Ctrl+Q does not end the program"
wait "$app" || fail "the program ends with an error"
pass "Ctrl+Q ends the program"
echo "Totals: $passed passed, 0 failed, 0 skipped, 0 blacklisted"
