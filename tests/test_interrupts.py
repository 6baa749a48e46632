"""Ctrl-C and SIGTERM, in processes of their own: what swallows them, doesn't hear them or is slow to leave ends too."""

import signal
import subprocess
import sys

import pytest

from pipeline.interrupts import INTERRUPTED, STOPPED, TERMINATED

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.skipif(sys.platform == "win32", reason="no signals to send there"),
]
HEAD = """
import atexit, hashlib, signal, threading, time
from pipeline.interrupts import ends_soon
signal.signal(signal.SIGINT, signal.default_int_handler)
def ready_soon():
    # Told by another thread, while the main one is where the signal shall find it.
    threading.Timer(0.5, print, ["ready"], {"flush": True}).start()
"""
SWALLOWS = """
with ends_soon(0.3):
    ready_soon()
    try:
        time.sleep(600)
    except BaseException:
        time.sleep(600)
"""
IN_C = """
with ends_soon(0.3):
    ready_soon()
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)
"""
SLOW_TO_LEAVE = """
atexit.register(time.sleep, 600)
try:
    with ends_soon(0.3):
        ready_soon()
        time.sleep(600)
finally:
    print("left", flush=True)
"""


def told(code, *signals):
    """What the code printed, said and ended with, once it was ready and got the signals."""
    with subprocess.Popen(
        [sys.executable, "-c", HEAD + code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            for number in signals:
                process.send_signal(number)
            out, err = process.communicate(timeout=50)
        finally:
            process.kill()
    return out, err, process.returncode


@pytest.mark.parametrize("code", [SWALLOWS, IN_C])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, INTERRUPTED), (signal.SIGTERM, TERMINATED)])
def test_what_does_not_hear_of_it_ends_all_the_same(code, number, status):
    assert told(code, number) == ("", f"congdoan: {STOPPED}\n", status)


def test_what_is_slow_to_leave_ends_all_the_same():
    out, err, status = told(SLOW_TO_LEAVE, signal.SIGTERM)
    assert (out, status) == ("left\n", TERMINATED) and STOPPED not in err


@pytest.mark.parametrize(("number", "raised"), [(signal.SIGINT, "KeyboardInterrupt"), (signal.SIGTERM, "SystemExit")])
def test_what_a_query_makes_of_it_is_a_stop_again(number, raised):
    code = """
try:
    with ends_soon(50):
        ready_soon()
        try:
            time.sleep(600)
        except BaseException:
            raise RuntimeError("as DuckDB's: Query interrupted") from None
except BaseException as stop:
    print(type(stop).__name__)
"""
    assert told(code, number)[:2] == (f"{raised}\n", "")


def test_other_signals_are_not_meant():
    code = """
with ends_soon(0.3):
    signal.signal(signal.SIGALRM, lambda *_: None)
    ready_soon()
    time.sleep(1.5)
print("done")
"""
    assert told(code, signal.SIGALRM) == ("done\n", "", 0)


def test_after_the_block_all_is_as_before():
    code = """
with ends_soon(0.3):
    assert signal.getsignal(signal.SIGTERM) != signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) != signal.default_int_handler
assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
assert signal.getsignal(signal.SIGINT) == signal.default_int_handler
assert signal.set_wakeup_fd(-1) == -1
print("ready", flush=True)
time.sleep(600)
"""
    assert told(code, signal.SIGTERM)[2] == -signal.SIGTERM
