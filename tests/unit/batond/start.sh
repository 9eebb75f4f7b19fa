#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# batond as a process: how it starts, what it says when it cannot, how it ends.
# Each server listens on a socket of its own in a private folder.
# shellcheck disable=SC2317 # functions are called through ok
set -u
batond=${top_builddir:-.}/batond
work=$(mktemp -d "${TMPDIR:-/tmp}/start.XXXXXX") || exit 99
sock=$work/s
pid=
failed=0
checks=0

clean_up()
{
	test -n "$pid" && kill -9 "$pid" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 99' HUP INT TERM

# ok TEXT COMMAND...: the command must succeed
ok()
{
	text=$1
	shift
	checks=$((checks + 1))
	if ! "$@"; then
		failed=$((failed + 1))
		echo "FAIL: $text"
		sed 's/^/    /' "$work/err" "$work/out" 2>/dev/null
	fi
}

# refused TEXT ARGUMENTS...: exit status 1, one line on stderr, with that text
refused()
{
	want=$1
	shift
	"$batond" "$@" >"$work/out" 2>"$work/err"
	status=$?
	ok "exit status 1 for $*" test "$status" -eq 1
	ok "one line for $*" test "$(wc -l <"$work/err")" -eq 1
	ok "'$want' for $*" grep -qF -e "$want" "$work/err"
}

# wait_for COMMAND...: at most 60 s
wait_for()
{
	left=600
	until "$@" || [ "$left" -eq 0 ]; do
		sleep 0.1
		left=$((left - 1))
	done
	"$@"
}

ready()
{
	grep -q "Ready to accept connections on $sock" "$1" 2>/dev/null
}

gone()
{
	! kill -0 "$1" 2>/dev/null ||
		grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

start()
{
	: >"$work/out"
	"$batond" --port 0 --unixsocket "$sock" "$@" >"$work/out" 2>"$work/err" &
	pid=$!
	ok "ready: $*" wait_for ready "$work/out"
}

# stop SIGNAL STATUS
stop()
{
	kill -s "$1" "$pid"
	wait "$pid"
	ok "exit status $2 after $1" test $? -eq "$2"
	pid=
}

# ---- what it says about itself
# says ARGUMENTS...: its standard output in $work/out
says()
{
	"$batond" "$@" >"$work/out" 2>"$work/err"
}
ok "--help" says --help
ok "help fits a screen" test "$(wc -l <"$work/out")" -le 24
ok "help fits its width" test "$(awk 'length > 79' "$work/out" | wc -l)" -eq 0
ok "--version" says --version
ok "version" grep -q '^batond [0-9]' "$work/out"
ok "--check-config" says --port 0 --check-config
ok "it is ok" grep -q 'is ok' "$work/out"
refused "'--port x': argument couldn't be parsed" --check-config --port x

# ---- why it does not start
refused "not supported yet" --appendonly yes --port 0 --unixsocket "$sock"
refused "nothing to listen on" --port 0
refused "cannot listen on $work/none/s: No such file" \
	--port 0 --unixsocket "$work/none/s"
refused "cannot listen on 192.0.2.1:7: Cannot assign requested address" \
	--bind 192.0.2.1 --port 7
refused "open the log file" --port 0 --unixsocket "$sock" \
	--logfile "$work/none/log"
refused "No such file or directory" "$work/none.conf"
refused "cannot listen on $work/none/s" --daemonize yes --port 0 \
	--unixsocket "$work/none/s" --logfile "$work/log"

# ---- in the foreground
start --pidfile "$work/pid"
ok "pid file" test "$(cat "$work/pid")" = "$pid"
ok "form of the log" grep -Eq \
	"^$pid:M [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8}\.[0-9]{3} \* " "$work/out"
refused "cannot listen on $sock: Address already in use" \
	--port 0 --unixsocket "$sock"
ok "still there" test -S "$sock"
stop TERM 0
ok "socket is gone" test ! -e "$sock"
ok "pid file is gone" test ! -e "$work/pid"
ok "said good-bye" grep -q 'bye bye' "$work/out"
start --loglevel verbose
stop INT 0
start
stop HUP 0

# ---- a file, standard input, a directory
printf 'port 0\nunixsocket s\ndir %s\nlogfile log.txt\n' "$work" >"$work/conf"
"$batond" "$work/conf" >"$work/out" 2>"$work/err" &
pid=$!
sock=s
ok "relative paths begin in dir" wait_for ready "$work/log.txt"
ok "the socket, too" test -S "$work/s"
sock=$work/s
stop TERM 0
rm -f "$work/log.txt"
printf 'port 0\nunixsocket %s\n' "$sock" |
	"$batond" - --logfile "$work/log" >"$work/out" 2>"$work/err" &
pid=$!
ok "configuration from standard input" wait_for ready "$work/log"
stop TERM 0

# ---- in the background
rm -f "$work/log"
"$batond" --daemonize yes --port 0 --unixsocket "$sock" --logfile "$work/log" \
	--pidfile "$work/pid" >"$work/out" 2>"$work/err"
ok "goes into the background" test $? -eq 0
ok "ready when the command returns" ready "$work/log"
ok "silent" test ! -s "$work/err"
daemon=$(cat "$work/pid")
kill -HUP "$daemon"
sleep 0.2
ok "SIGHUP is nothing to a daemon" test -e "$work/pid"
kill -TERM "$daemon"
ok "a daemon stops" wait_for gone "$daemon"
ok "its pid file is gone" wait_for test ! -e "$work/pid"

# ---- without standard descriptors
"$batond" --port 0 --unixsocket "$sock" --logfile "$work/log2" \
	<&- >&- 2>&- &
pid=$!
ok "starts with descriptors 0-2 closed" wait_for ready "$work/log2"
for fd in 0 1 2; do
	if [ -e "/proc/$pid/fd/$fd" ]; then
		ok "descriptor $fd is taken" test \
			"$(readlink "/proc/$pid/fd/$fd")" = /dev/null
	fi
done
stop TERM 0

# ---- a client that does not take its replies: the first signal waits for it
# ---- (here up to 60 s), the second one does not
if command -v python3 >/dev/null; then
	start --shutdown-timeout 60
	python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.settimeout(0.3)
s.sendall(b"SET k " + b"x" * 60000 + b"\r\n")
try:
    while True:
        s.sendall(b"GET k\r\n" * 1000)
except socket.timeout:
    print("stuck", flush=True)
while True:
    time.sleep(1)' "$sock" >"$work/client" 2>&1 &
	client=$!
	ok "a client is stuck" wait_for grep -q stuck "$work/client"
	kill -TERM "$pid"
	sleep 0.5
	ok "it waits for a client" kill -0 "$pid"
	kill -TERM "$pid"
	ok "a second signal ends it" wait_for gone "$pid"
	wait "$pid"
	ok "exit status 0 or 1" test $? -le 1
	pid=
	kill "$client"
	wait "$client" 2>/dev/null
fi

# ---- systemd
if command -v python3 >/dev/null; then
	NOTIFY_SOCKET=$work/notify
	export NOTIFY_SOCKET
	python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(90)
print(s.recv(100).decode())' "$NOTIFY_SOCKET" >"$work/notified" 2>&1 &
	listener=$!
	ok "listener" wait_for test -S "$NOTIFY_SOCKET"
	start --supervised auto
	wait "$listener"
	ok "systemd is told" grep -q READY=1 "$work/notified"
	stop TERM 0
	unset NOTIFY_SOCKET
fi

echo "start.sh: $checks checks, $failed failed"
exit "$((failed > 0))"
