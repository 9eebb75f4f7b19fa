# SPDX-License-Identifier: BSD-2-Clause
"""What the tests that talk to a running server have in common.

Server     one batond (or, with BATON_SERVER=redis in the environment, one
           redis-server) as a child of the test, on a private Unix socket and
           if asked for on a free port of 127.0.0.1
Client     one connection: RESP2 and RESP3, typed replies, raw bytes
@test      one TAP line for each function; main() runs them all

A test program is a file that imports this one, defines tests, and ends with

    if __name__ == "__main__":
        main()

    $ python3 tests/protocol/strings.py               all tests
    $ python3 tests/protocol/strings.py GETEX         those with GETEX in the name
    $ BATON_SERVER=redis python3 tests/protocol/strings.py

Environment: top_builddir (where batond is), BATOND (the program itself),
BATON_SERVER, REDIS_SERVER (its program), BATON_TEST_TIMEOUT (seconds that a
reply may take, 10).
Only Python's own library is used; 3.7 is enough.
"""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

TIMEOUT = float(os.environ.get("BATON_TEST_TIMEOUT", "30"))
REDIS = os.environ.get("BATON_SERVER", "batond") == "redis"

# Options of ours that redis-server does not know.
OUR_OPTIONS = ("workers", "dispatch-queue", "output-pause-bytes")


# ---- Replies ----------------------------------------------------------------
# bulk: bytes   integer: int   null: None   array: list   double: float
# boolean: bool   and these:


class Status(str):
    """A simple string, as in +OK."""

    def __repr__(self):
        return "Status(%s)" % str.__repr__(self)


class Error(str):
    """An error reply: its text, with the code in front."""

    def __repr__(self):
        return "Error(%s)" % str.__repr__(self)


class Map(dict):
    """A RESP3 map."""


class Set(list):
    """A RESP3 set, in the order in which it came."""


class Push(list):
    """A RESP3 push."""


class Verbatim(bytes):
    """A RESP3 verbatim string; the first three bytes and the colon are cut."""

    form = b""


class Big(int):
    """A RESP3 big number."""


OK = Status("OK")
QUEUED = Status("QUEUED")
SYNTAX = Error("ERR syntax error")
NOAUTH = Error("NOAUTH Authentication required.")
WRONGPASS = Error(
    "WRONGPASS invalid username-password pair or user is disabled."
)
NOT_INT = Error("ERR value is not an integer or out of range")


class Closed(Exception):
    """The server ended the connection where a reply was expected."""


class Wrong(AssertionError):
    """A reply is not what it should be."""


class Skip(Exception):
    """The test cannot run here; the text says why."""


def encode(*args):
    """One request as an array of bulk strings."""
    out = [b"*%d\r\n" % len(args)]
    for arg in args:
        arg = to_bytes(arg)
        out.append(b"$%d\r\n" % len(arg))
        out.append(arg)
        out.append(b"\r\n")
    return b"".join(out)


def to_bytes(arg):
    if isinstance(arg, (bytes, bytearray, memoryview)):
        return bytes(arg)
    return str(arg).encode()


class Client:
    """One connection to `address` (a path, or a (host, port) pair)."""

    def __init__(self, address, proto=2, timeout=None, server=None):
        self.server = server
        self.proto = 2
        self.keep_raw = False
        self.raw = b""
        self.buf = bytearray()
        self.pos = 0
        family = socket.AF_UNIX
        if not isinstance(address, str):
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(TIMEOUT if timeout is None else timeout)
        try:
            self.sock.connect(address)
            if proto == 3:
                self.hello(3)
        except BaseException:
            self.sock.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()

    def hello(self, proto):
        reply = self.cmd("HELLO", str(proto))
        if isinstance(reply, Error):
            raise Wrong("HELLO %d: %r" % (proto, reply))
        self.proto = proto
        return reply

    def close(self):
        self.sock.close()

    def end_sending(self):
        """Closes our half; replies still come."""
        self.sock.shutdown(socket.SHUT_WR)

    # ---- Sending

    def send_raw(self, data):
        self.sock.sendall(data)

    def send(self, *args):
        self.sock.sendall(encode(*args))

    def cmd(self, *args):
        self.send(*args)
        return self.read_reply()

    def pipeline(self, requests):
        """Sends all requests (each a tuple), then reads as many replies. A
        thread sends, so that no size of the two deadlocks."""
        data = b"".join(encode(*r) for r in requests)
        sender = threading.Thread(target=self._send_quietly, args=(data,))
        sender.start()
        try:
            return [self.read_reply() for _ in requests]
        finally:
            sender.join()

    def _send_quietly(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            pass  # the reader sees it as well

    # ---- Receiving

    def fill(self):
        piece = self.sock.recv(1 << 18)
        if not piece:
            raise Closed("the server closed the connection")
        self.buf += piece

    def read_reply(self):
        """One reply, pushes included."""
        if self.pos:
            del self.buf[: self.pos]
            self.pos = 0
        reply = self._read_value()
        if self.keep_raw:
            self.raw = bytes(self.buf[: self.pos])
        return reply

    def read_bytes(self, n):
        """n bytes as they are."""
        while len(self.buf) - self.pos < n:
            self.fill()
        out = bytes(self.buf[self.pos : self.pos + n])
        self.pos += n
        return out

    def read_all(self):
        """Everything up to the end of the connection."""
        try:
            while True:
                self.fill()
        except Closed:
            pass
        return self.read_bytes(len(self.buf) - self.pos)

    def at_end(self):
        """True when the server closed in order and sent nothing more."""
        if self.pos < len(self.buf):
            return False
        return self.sock.recv(1) == b""

    def read_line(self):
        """Up to CR LF, which is cut."""
        start = self.pos
        while True:
            end = self.buf.find(b"\r\n", start)
            if end >= 0:
                break
            start = max(self.pos, len(self.buf) - 1)
            self.fill()
        line = bytes(self.buf[self.pos : end])
        self.pos = end + 2
        return line

    def _read_value(self):
        line = self.read_line()
        if not line:
            raise Wrong("an empty line where a reply should begin")
        kind, rest = line[:1], line[1:]
        reader = self._readers.get(kind)
        if reader is None:
            raise Wrong("no such type of reply: %r" % line[:80])
        return reader(self, rest)

    def _read_bulk(self, rest):
        n = int(rest)
        if n == -1:
            return None
        if n < 0:
            raise Wrong("a bulk string of %d bytes" % n)
        value = self.read_bytes(n)
        if self.read_bytes(2) != b"\r\n":
            raise Wrong("no CR LF at the end of a bulk string")
        return value

    def _read_array(self, rest):
        n = int(rest)
        if n == -1:
            return None
        if n < 0:
            raise Wrong("an array of %d" % n)
        return [self._read_value() for _ in range(n)]

    def _read_map(self, rest):
        out = Map()
        for _ in range(int(rest)):
            key = self._read_value()
            if key in out:
                raise Wrong("twice in one map: %r" % key)
            out[key] = self._read_value()
        return out

    def _read_verbatim(self, rest):
        value = self._read_bulk(rest)
        if value is None or value[3:4] != b":":
            raise Wrong("not a verbatim string: %r" % value)
        out = Verbatim(value[4:])
        out.form = value[:3]
        return out

    def _read_bool(self, rest):
        if rest not in (b"t", b"f"):
            raise Wrong("not a boolean: %r" % rest)
        return rest == b"t"

    def _read_null(self, rest):
        if rest:
            raise Wrong("not a null: %r" % rest)

    def _read_attribute(self, rest):
        self._read_map(rest)
        return self._read_value()

    _readers = {
        b"+": lambda self, rest: Status(rest.decode("latin-1")),
        b"-": lambda self, rest: Error(rest.decode("latin-1")),
        b":": lambda self, rest: int(rest),
        b"$": _read_bulk,
        b"!": lambda self, rest: Error(self._read_bulk(rest).decode("latin-1")),
        b"=": _read_verbatim,
        b"*": _read_array,
        b"~": lambda self, rest: Set(self._read_array(rest)),
        b">": lambda self, rest: Push(self._read_array(rest)),
        b"%": _read_map,
        b"|": _read_attribute,
        b"#": _read_bool,
        b",": lambda self, rest: float(rest),
        b"(": lambda self, rest: Big(rest),
        b"_": _read_null,
    }


# ---- What a test says -------------------------------------------------------


def short(value):
    text = repr(value)
    return text if len(text) <= 400 else text[:400] + "... (%d)" % len(text)


def same(got, want):
    """Equal in type as well, so that a status is not a bulk and 1 is not true.
    In `want`, a plain str stands for the bulk string of its bytes, and a
    function for a question that is asked about what was got."""
    if callable(want) and not isinstance(want, type):
        return bool(want(got))
    if type(want) is str:
        want = want.encode()
    if type(got) is not type(want):
        return False
    if isinstance(want, list):
        return len(got) == len(want) and all(map(same, got, want))
    return got == want


def expect(got, want, what=""):
    if not same(got, want):
        if callable(want):
            want = getattr(want, "__name__", "something else")
        raise Wrong(
            "%sgot %s, expected %s"
            % (what + ": " if what else "", short(got), short(want))
        )


def expect_error(got, start=""):
    """An error reply whose text begins with `start`."""
    if not isinstance(got, Error) or not got.startswith(start):
        raise Wrong("got %s, expected an error %r" % (short(got), start))


def expect_true(truth, what):
    if not truth:
        raise Wrong(what)


def wait_until(fn, what, seconds=None):
    """Asks fn every few milliseconds until it says something true."""
    end = time.monotonic() + (TIMEOUT if seconds is None else seconds)
    while True:
        value = fn()
        if value:
            return value
        if time.monotonic() > end:
            raise Wrong("waited in vain: " + what)
        time.sleep(0.005)


def parallel(*functions):
    """Runs each function on a thread of its own; raises the first fault."""
    faults = []

    def run(fn):
        try:
            fn()
        except BaseException as fault:  # pylint: disable=broad-except
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(fn,)) for fn in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def wrong_n(name):
    return Error("ERR wrong number of arguments for '%s' command" % name)


def as_map(c, reply):
    """A map, which in RESP2 is a list of names and values."""
    expect_true(isinstance(reply, Map) == (c.proto == 3), "form of %r" % reply)
    if isinstance(reply, Map):
        return reply
    return dict(zip(reply[0::2], reply[1::2]))


def walk(c, words, *more):
    """One whole scan: `words`, then the cursor, then `more`. What was found, in
    the order in which it came, repetitions included; and the number of steps."""
    found, cursor, steps = [], b"0", 0
    while True:
        reply = c.cmd(*words, cursor, *more)
        if not isinstance(reply, list) or len(reply) != 2:
            raise Wrong(repr(reply))
        cursor, page = reply
        found += page
        steps += 1
        expect_true(steps < 1000000, "the walk has no end")
        if cursor == b"0":
            return found, steps


# ---- The server -------------------------------------------------------------

_servers = []


def batond_program():
    path = os.environ.get("BATOND")
    if not path:
        path = os.path.join(os.environ.get("top_builddir", "."), "batond")
    return path


def redis_program():
    """Where redis-server is, or None."""
    return shutil.which(os.environ.get("REDIS_SERVER", "redis-server"))


def run_batond(*args, **more):
    """Runs batond to its end and returns its CompletedProcess (text)."""
    more.setdefault("timeout", TIMEOUT)
    return subprocess.run(
        [batond_program()] + [str(a) for a in args],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        **more
    )


def free_port(host="127.0.0.1"):
    """A port that was free a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.bind((host, 0))
        return s.getsockname()[1]


class Server:
    """A server as a child process. Options are those of redis.conf, with _ for
    -; a list gives an option several times or with several words. redis: None
    = as the environment says. tcp: also on a free port of 127.0.0.1. file: a
    configuration file to begin the command line with. prefix: words to put in
    front (strace and the like). env: more environment."""

    def __init__(
        self, redis=None, tcp=False, file=None, prefix=(), env=None, **options
    ):
        self.redis = REDIS if redis is None else redis
        self.options = {k.replace("_", "-"): v for k, v in options.items()}
        self.tcp = tcp
        self.file = file
        self.prefix = list(prefix)
        self.env = dict(os.environ, **(env or {}))
        # Its deadlock detector gives up at 64 locks held, and some commands
        # take every shard's (in order, which base/sync.c watches itself).
        tsan = self.env.get("TSAN_OPTIONS", "")
        self.env["TSAN_OPTIONS"] = (tsan + " detect_deadlocks=0").strip()
        self.port = 0
        self.process = None
        self.dir = tempfile.mkdtemp(prefix="bt.")
        if len(self.dir) > 80:  # a Unix socket's path is short
            os.rmdir(self.dir)
            self.dir = tempfile.mkdtemp(prefix="bt.", dir="/tmp")
        self.path = os.path.join(self.dir, "s")
        self.log_path = os.path.join(self.dir, "log")
        _servers.append(self)
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, kind, *what):
        if kind is None:
            self.stop()
        else:
            print_log(self)
            self.kill()

    # ---- Start

    def command_line(self):
        program = redis_program() if self.redis else batond_program()
        if not program:
            raise Skip("redis-server is not installed")
        if not os.path.exists(program):
            raise Wrong("there is no " + program)
        words = self.prefix + [os.path.abspath(program)]
        if self.file:
            words.append(self.file)
        options = {"port": self.port, "unixsocket": self.path}
        if self.port:
            options["bind"] = "127.0.0.1"
        if self.redis:
            options.update({"save": "", "appendonly": "no", "dir": self.dir})
        options.update(self.options)
        for name, value in options.items():
            if self.redis and name in OUR_OPTIONS:
                continue
            for words_of_one in value if isinstance(value, list) else [value]:
                words.append("--" + name)
                if isinstance(words_of_one, tuple):
                    words.extend(str(w) for w in words_of_one)
                else:
                    words.append(str(words_of_one))
        return words

    def start(self):
        for _ in range(5):
            if self.tcp and "port" not in self.options:
                self.port = free_port()
            with open(self.log_path, "ab") as log:
                self.process = subprocess.Popen(
                    self.command_line(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=self.dir,
                    env=self.env,
                )
            if self.wait_ready():
                return
            if not (self.tcp and "in use" in self.log()):
                break  # somebody was faster with the port: try another
        text = self.log()
        self.kill()
        raise Wrong("the server did not start:\n" + text)

    def wait_ready(self):
        end = time.monotonic() + 2 * TIMEOUT
        while time.monotonic() < end:
            if self.process.poll() is not None:
                return False
            try:
                with Client(self.path) as c:
                    c.cmd("PING")  # any answer will do (it may want a password)
                    c.end_sending()
                    c.read_all()  # so that we are gone for the server, too
                return True
            except (OSError, Closed):
                time.sleep(0.01)
        return False

    # ---- Use

    @property
    def pid(self):
        return self.process.pid

    def client(self, proto=2, tcp=False, timeout=None):
        address = ("127.0.0.1", self.port) if tcp else self.path
        return Client(address, proto, timeout, self)

    def log(self):
        try:
            with open(self.log_path, errors="replace") as f:
                return f.read()
        except OSError:
            return ""

    def info(self, client=None):
        """INFO everything as a dictionary of strings."""
        with self.client() if client is None else _Borrowed(client) as c:
            reply = c.cmd("INFO", "everything")
        if isinstance(reply, Error):
            raise Wrong("INFO: %r" % reply)
        lines = reply.decode().split("\r\n")
        pairs = (ln.partition(":") for ln in lines if ln and ln[0] != "#")
        return {name: value for name, _, value in pairs}

    # ---- End

    def stop(self, sig=signal.SIGTERM, timeout=None):
        """Ends the server and insists that it ends well: status 0 in time, no
        socket file left. Says what the log says when it does not."""
        fault = None
        if self.process.poll() is None:
            self.process.send_signal(sig)
        try:
            status = self.process.wait(2 * TIMEOUT if timeout is None else timeout)
            if status != 0:
                fault = "the server ended with status %d" % status
            elif os.path.exists(self.path):
                fault = "the server left its socket file behind"
        except subprocess.TimeoutExpired:
            fault = "the server did not end"
        text = self.log()
        self.kill()
        if fault:
            raise Wrong(fault + "\n" + text)

    def kill(self):
        """Ends the server somehow and tidies up."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
        if self in _servers:
            _servers.remove(self)


class _Borrowed:
    def __init__(self, client):
        self.client = client

    def __enter__(self):
        return self.client

    def __exit__(self, *what):
        pass


def _kill_all():
    for server in list(_servers):
        server.kill()


atexit.register(_kill_all)


# ---- TAP --------------------------------------------------------------------

_tests = []


def test(name, protos=(2,), client=True):
    """fn(c): c is a fresh connection to the program's server, the databases
    are empty. client=False: fn() starts what it needs itself."""

    def enter(fn):
        if not client:
            _tests.append((name, fn, None))
            return fn
        for proto in protos:
            mark = " (RESP%d)" % proto if len(protos) > 1 else ""
            _tests.append((name + mark, fn, proto))
        return fn

    return enter


def both(name):
    """The same test over RESP2 and over RESP3; fn sees c.proto."""
    return test(name, protos=(2, 3))


def note(text):
    """A TAP comment."""
    for line in str(text).splitlines():
        print("# " + line)
    sys.stdout.flush()


def print_log(server):
    note("---- the server's log:")
    note(server.log()[-6000:])


class _Run:
    """One run of the tests that were asked for, over one shared server."""

    def __init__(self, options):
        self.options = options
        self.server = None
        self.n = self.bad = 0

    def shared(self):
        if self.server is not None and self.server.process.poll() is not None:
            raise Wrong("the server is gone")
        if self.server is None:
            self.server = Server(**self.options)
        return self.server

    def call(self, fn, proto):
        if proto is None:
            fn()
            return
        with self.shared().client(proto) as c:
            self.alone(c)
            c.cmd("FLUSHALL")
            fn(c)

    @staticmethod
    def alone(c):
        """The clients of the test before are closed at our end; one that the
        server has not seen go yet might still take part."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            clients = c.cmd("CLIENT", "LIST")
            if isinstance(clients, Error) or clients.count(b"\n") <= 1:
                return
            time.sleep(0.002)
        note("clients of another test are still there")

    def line(self, name, fn, *args):
        self.n += 1
        try:
            fn(*args)
            print("ok %d - %s" % (self.n, name))
        except Skip as why:
            print("ok %d - %s # SKIP %s" % (self.n, name, why))
        except Exception:  # pylint: disable=broad-except
            self.bad += 1
            print("not ok %d - %s" % (self.n, name))
            note(traceback.format_exc())
            self.after_fault()
        sys.stdout.flush()

    def after_fault(self):
        if self.server is None:
            return
        if self.server.process.poll() is not None:
            note("the server ended with status %d" % self.server.process.poll())
            print_log(self.server)
            self.server.kill()
            self.server = None


def main(**options):
    """Runs the tests whose name holds one of the program's arguments (all, if
    there is none). options: of the server that they share."""
    wanted = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    run = _Run(options)
    for name, fn, proto in _tests:
        if not wanted or any(w in name for w in wanted):
            run.line(name, run.call, fn, proto)
    if run.server is not None:
        run.line("the server ends well", run.server.stop)
    print("1..%d" % run.n)
    sys.stdout.flush()
    sys.exit(1 if run.bad else 0)
