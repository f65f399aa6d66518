"""How a hostile module tries to wreck its host: by taking everything, by lying, by how it ends.

This file is a module's source: it runs in the sandbox.
"""

import ctypes
import os
import socket
import struct
import sys
import threading
import time

ATTEMPTS = {}


def attempt(function):
    ATTEMPTS[function.__name__] = function
    return function


# Memory, processor, time


@attempt
def take_all_memory(facts, context):
    held = []
    while True:
        held.append(bytearray(16 << 20))


@attempt
def take_all_shared_memory(facts, context):
    import mmap

    held = []
    while True:
        part = mmap.mmap(-1, 64 << 20)
        for at in range(0, len(part), 4096):
            part[at] = 1
        held.append(part)


@attempt
def spin(facts, context):
    while True:
        pass


@attempt
def spin_in_native_code(facts, context):
    return str(9 ** (9**9))[:1]


@attempt
def sleep_for_ever(facts, context):
    while True:
        time.sleep(1000)


@attempt
def ignore_every_signal(facts, context):
    import signal

    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    while True:
        time.sleep(1000)


@attempt
def swallow_every_exception(facts, context):
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            continue


@attempt
def start_threads_without_end(facts, context):
    threading.stack_size(32 << 10)
    count = 0
    while count < 5_000:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        count += 1
    return f"{count} threads"


# The protocol


def frame(kind, number, payload):
    return struct.pack("<IBQ", len(payload), kind, number) + payload


@attempt
def forge_a_second_result(facts, context):
    os.write(3, frame(20, 1, b'{"us":1,"outputs":{"got":null}}'))
    return "the result was sent twice"


@attempt
def forge_a_result_of_another_call(facts, context):
    os.write(3, frame(20, 2, b'{"us":1,"outputs":{"got":"forged"}}'))
    return "a foreign result"


@attempt
def forge_a_wall_that_fell(facts, context):
    os.write(3, frame(24, 0, b"the walls are down"))
    time.sleep(1000)


@attempt
def announce_a_huge_frame(facts, context):
    os.write(3, struct.pack("<IBQ", 0xFFFF_FFFF, 20, 1))
    time.sleep(1000)


@attempt
def send_garbage(facts, context):
    os.write(3, bytes(range(256)) * 16)
    time.sleep(1000)


@attempt
def drip_a_frame(facts, context):
    for byte in frame(20, 1, b'{"us":1,"outputs":{"got":"dripped"}}')[:-1]:
        os.write(3, bytes([byte]))
        time.sleep(0.02)
    time.sleep(1000)


@attempt
def log_without_json(facts, context):
    os.write(3, frame(21, 1, b"\xff\xfe not json"))
    time.sleep(1000)


@attempt
def log_in_another_shape(facts, context):
    os.write(3, frame(21, 1, b"[1,2,3]"))
    time.sleep(1000)


@attempt
def send_an_unknown_frame(facts, context):
    os.write(3, frame(99, 1, b""))
    time.sleep(1000)


@attempt
def close_the_line(facts, context):
    os.close(3)
    time.sleep(1000)


@attempt
def pass_descriptors_to_the_host(facts, context):
    line = socket.socket(fileno=3)
    for _ in range(50):
        socket.send_fds(line, [frame(21, 1, b'{"level":"info","message":"x","fields":{}}')], [0, 0, 0, 0])
    line.detach()
    return None


@attempt
def ask_malformed_questions(facts, context):
    os.write(3, frame(23, 1, b'{"what":"http","url":5}') + frame(23, 1, b"null"))
    time.sleep(1000)


@attempt
def log_too_deep(facts, context):
    deep = b"[" * 100_000
    os.write(3, frame(21, 1, b'{"level":"info","message":"x","fields":{"a":' + deep))
    time.sleep(1000)


@attempt
def claim_a_huge_cost(facts, context):
    os.write(3, frame(20, 1, b'{"us":' + b"9" * 3_000 + b',"outputs":{"got":null}}'))
    time.sleep(1000)


@attempt
def raise_a_huge_error(facts, context):
    from lamina import ModuleError

    raise ModuleError("anything", {"text": "x" * 200_000})


@attempt
def log_without_end(facts, context):
    while True:
        context.log("x" * 4_000)


@attempt
def print_without_end(facts, context):
    while True:
        print("y" * 4_000)


# Outputs and endings


@attempt
def return_a_huge_output(facts, context):
    return "z" * (4 << 20)


@attempt
def return_a_deep_output(facts, context):
    value = []
    for _ in range(500):
        value = [value]
    return value


@attempt
def return_itself(facts, context):
    value = []
    value.append(value)
    return value


@attempt
def return_not_a_number(facts, context):
    return [float("nan"), float("inf")]


@attempt
def return_a_lone_surrogate(facts, context):
    return "\ud800"


@attempt
def return_a_nul(facts, context):
    return "a\0b"


@attempt
def return_a_huge_integer(facts, context):
    return 10**400


@attempt
def return_keys_that_are_not_text(facts, context):
    return {1: "a", "1": "b"}


@attempt
def return_an_object(facts, context):
    return object()


@attempt
def end_the_process(facts, context):
    os._exit(0)


@attempt
def raise_the_end(facts, context):
    raise SystemExit(0)


@attempt
def raise_an_interrupt(facts, context):
    raise KeyboardInterrupt


@attempt
def raise_what_cannot_be_shown(facts, context):
    class Silent(Exception):
        def __str__(self):
            raise RuntimeError("no text")

    raise Silent


@attempt
def raise_a_nul(facts, context):
    raise ValueError("a\0b")


@attempt
def fall_into_a_hole(facts, context):
    ctypes.string_at(1)


@attempt
def recurse_without_end(facts, context):
    sys.setrecursionlimit(1 << 30)

    def deeper(value):
        return deeper(value)

    return deeper(1)


@attempt
def patch_the_runtime(facts, context):
    import json

    json.dumps = lambda *arguments, **options: '{"got":null}'
    sys.modules["executors.sandbox.child"]._dumped = lambda document: b"{}"
    return object()


@attempt
def raise_a_name_of_the_platform(facts, context):
    from lamina import ModuleError

    raise ModuleError("system.timeout", {}, "forged")


# Wearing out the host


@attempt
def ask_without_end(facts, context):
    while True:
        try:
            context.secret("x")
        except Exception:
            continue


@attempt
def report_progress_without_end(facts, context):
    many = frame(22, 1, b"{}") * 1_000
    while True:
        os.write(3, many)


# Living on


@attempt
def never_let_it_exit(facts, context):
    from executors.sandbox import channel, child

    os._exit = child.os._exit = lambda *_: time.sleep(1000)
    channel.Channel.finish = lambda self: None
    return None


@attempt
def leave_threads_and_handlers_behind(facts, context):
    import atexit

    def spin_on():
        while True:
            pass

    class Lingering:
        __del__ = spin_on

    facts["lingering"] = Lingering()
    atexit.register(spin_on)
    threading.Thread(target=spin_on).start()
    return None


@attempt
def hang_in_its_own_text(facts, context):
    class Endless(BaseException):
        def __str__(self):
            while True:
                pass

    raise Endless


@attempt
def clear_all_modules(facts, context):
    sys.modules.clear()
    return None


@attempt
def return_a_dict_without_end(facts, context):
    class Endless(dict):
        def items(self):
            while True:
                yield "got", "more"

    return Endless(got=Endless(a=1))


@attempt
def return_a_generator(facts, context):
    return (number for number in range(3))


# What is told, in shapes that its reader does not expect


@attempt
def report_progress_in_another_shape(facts, context):
    os.write(3, frame(22, 1, b"[1,2,3]"))
    time.sleep(1000)


@attempt
def log_more_than_a_result_may_be(facts, context):
    context.log("x", more="y" * (4 << 20))


@attempt
def log_what_no_database_takes(facts, context):
    deep = b'{"a":' * 300 + b"1" + b"}" * 300
    for fields in (deep, b'{"a\\u0000":"\\u0000"}', b'{"a":' + b"9" * 300 + b"}"):
        os.write(3, frame(21, 1, b'{"level":"info","message":"\\u0000","fields":' + fields + b"}"))


@attempt
def say_half_of_a_pair(facts, context):
    print("\udcff")
    context.log("\udcff", **{"\udcfe": "\udcff"})
    context.progress(1, 2, "\udcff")


@attempt
def raise_half_of_a_pair(facts, context):
    raise FileNotFoundError("no file \udcff")


@attempt
def raise_data_without_json(facts, context):
    from lamina import ModuleError

    raise ModuleError("anything", {"value": float("nan")})


@attempt
def raise_data_under_keys_that_are_not_text(facts, context):
    from lamina import ModuleError

    raise ModuleError("anything", {(1, 2): 3})


@attempt
def interrupt_whoever_asks_what_it_raised(facts, context):
    class Evil(Exception):
        def __str__(self):
            raise KeyboardInterrupt

    raise Evil


@attempt
def raise_a_type_without_a_name(facts, context):
    class Nameless(type):
        @property
        def __name__(cls):
            raise SystemExit

    class Evil(Exception, metaclass=Nameless):
        pass

    raise Evil


@attempt
def raise_under_a_name_of_a_megabyte(facts, context):
    from lamina import ModuleError

    raise ModuleError("n" * (300 << 10), {})
