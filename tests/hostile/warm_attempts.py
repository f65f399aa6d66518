"""A module that changes the worker it runs in, for the calls that come after. Runs inside the sandbox only."""

import atexit
import builtins
import gc
import json
import os
import resource
import signal
import socket
import struct
import sys
import threading
import time

CALLS = 0
KEPT = []


def found(name):
    return [item for item in gc.get_objects() if type(item).__name__ == name][-1]


def send(kind, number, payload):
    os.write(3, struct.pack("<IBQ", len(payload), kind, number) + payload)


def later(action):
    def act():
        time.sleep(0.05)
        action()

    threading.Thread(target=act, daemon=True).start()


FORGED = b'{"us":1,"outputs":{"y":{"calls":1}}}'


def do_nothing():
    return None


def wait():
    time.sleep(0.1)


def answer_twice():
    send(20, found("Inside")._number, FORGED)


def answer_a_call_to_come():
    send(20, found("Inside")._number + 1, FORGED)


def answer_when_nothing_was_asked():
    later(lambda: send(20, 99, FORGED))


def log_when_nothing_was_asked():
    inside = found("Inside")
    later(lambda: inside.log("late", "info", {}))


def say_that_a_wall_fell():
    send(24, 0, b"a lie")


def number_frames_wrongly():
    import executors.sandbox.frames as frames

    frames.pack = lambda kind, number, payload: struct.pack("<IBQ", len(payload), kind, number + 1) + payload


def tell_every_length_wrongly():
    builtins.len = lambda value: 0


def close_all_descriptors():
    os.closerange(3, 256)


def close_half_of_the_line():
    found("Channel")._connection.shutdown(socket.SHUT_WR)


def end_a_moment_later():
    later(lambda: os._exit(3))


def begin_a_frame_and_leave():
    os.write(3, struct.pack("<IBQ", 1000, 20, found("Inside")._number))


def never_let_go_of_the_line():
    found("Channel")._sending.acquire()


def keep_all_memory():
    try:
        while True:
            KEPT.append(bytearray(1 << 20))
    except MemoryError:
        return


def need_memory():
    bytearray(8 << 20)


def keep_all_descriptors():
    try:
        while True:
            KEPT.append(os.open(__file__, os.O_RDONLY))
    except OSError:
        return


def need_a_file():
    open(__file__).close()


def keep_all_threads():
    try:
        while True:
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    except RuntimeError:
        return


def need_a_thread():
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


def ignore_signals():
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)


def register_for_the_end():
    atexit.register(time.sleep, 1000)


def trace_calls():
    sys.settrace(lambda *_: None)
    sys.setprofile(lambda *_: None)


def empty_the_modules():
    sys.modules.clear()


def refuse_imports():
    sys.meta_path.clear()


def forget_standard_output():
    sys.stdout = sys.stderr = None


def patch_json():
    json.dumps = json.loads = lambda *_, **__: 1 / 0


def patch_the_end():
    os._exit = lambda code: None


def refused(action):
    try:
        action()
    except (OSError, ValueError):
        return None
    return "it was let"


def change_the_affinity():
    return refused(lambda: os.sched_setaffinity(0, {0}))


def change_the_limits():
    return refused(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9)))


def change_the_folder():
    return refused(lambda: os.chdir("/"))


def change_the_bundle():
    folder = os.path.dirname(__file__)
    return (
        refused(lambda: open(f"{folder}/json.py", "w"))
        or refused(lambda: os.unlink(__file__))
        or refused(lambda: os.rename(__file__, f"{folder}/other.py"))
        or refused(lambda: os.mkdir(f"{folder}/__pycache__"))
        or refused(lambda: os.chmod(folder, 0o777))
    )


def claim(cost):
    kind = type(found("Worker"))
    kind._result = lambda self, number, payload: b'{"us":%s,"outputs":{"y":1}}' % cost.encode()


def run(inputs, context):
    global CALLS
    CALLS += 1
    name, _, rest = inputs["attempt"].partition(" ")
    got = claim(rest) if name == "cost" else globals()[name]()
    return {"y": {"calls": CALLS, "got": got}}
