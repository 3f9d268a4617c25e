"""What a model can do to take, or to end, more than its own process. It runs in that process."""

import ctypes
import mmap
import os
import signal
import sys
import threading
import time


def use_memory_as_bytes(world):
    return len(bytearray(1 << 40))


def use_memory_as_one_mapping(world):
    return len(mmap.mmap(-1, 1 << 34))


def use_memory_as_many_objects(world):
    kept = []
    while True:
        kept.append(bytearray(4096))


def use_memory_as_one_text(world):
    text = "text"
    while True:
        text += text


def start_threads(world):
    while True:
        threading.Thread(target=time.sleep, args=[60], daemon=True).start()


def start_threads_with_small_stacks(world):
    ctypes.CDLL(None).mallopt(-8, 1)  # M_ARENA_MAX: they reserve no memory, which is limited
    threading.stack_size(32768)
    start_threads(world)


def start_threads_without_stacks(world, waits=True):
    """Threads that no limit of memory counts: they share one page, and never touch it (x86-64)."""
    memory = mmap.mmap(-1, 8192, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    flags = (0x10F00).to_bytes(4, "little")  # VM, FS, FILES, SIGHAND, THREAD
    wait = (
        b"\x48\xbf" + (address + 4096).to_bytes(8, "little") + b"\x31\xf6\x31\xd2\x4d\x31\xd2"
        b"\xb8\xca\x00\x00\x00\x0f\x05"  # futex(address, FUTEX_WAIT, 0, no time limit)
    )
    loop = wait + b"\xeb" + (-len(wait) - 2).to_bytes(1, "little", signed=True)
    loop = loop if waits else b"\xeb\xfe"
    memory.write(
        b"\xbf"
        + flags
        + b"\x48\xbe"
        + (address + 8192).to_bytes(8, "little")
        + b"\x31\xd2\x4d\x31\xd2\x4d\x31\xc0\xb8\x38\x00\x00\x00\x0f\x05"  # clone
        + b"\x48\x85\xc0\x75"
        + bytes([len(loop)])
        + loop
        + b"\xc3"
    )
    start = ctypes.CFUNCTYPE(ctypes.c_long)(address)
    while True:
        start()


def start_threads_that_compute(world):
    start_threads_without_stacks(world, waits=False)


def use_descriptors(world):
    kept = []
    while True:
        kept.append(open(ctypes.__file__, "rb"))  # noqa: SIM115


def compute_for_ever(world):
    while True:
        pass


def compute_for_ever_in_threads(world):
    for _ in range(4):
        threading.Thread(target=compute_for_ever, args=[world], daemon=True).start()
    compute_for_ever(world)


def compute_for_ever_in_compiled_code(world):
    return 10**10**10


def ignore_signals_and_compute(world):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    compute_for_ever(world)


def sleep_for_ever(world):
    time.sleep(10**6)


def wait_for_ever(world):
    threading.Event().wait()


def recurse(world):
    sys.setrecursionlimit(10**9)

    def deeper():
        return deeper()

    return deeper()


def recurse_in_compiled_code(world):
    nested = []
    for _ in range(10**6):
        nested = [nested]
    return repr(nested)


def exit_at_once(world):
    os._exit(3)


def exit_as_if_all_was_well(world):
    os._exit(0)


def abort(world):
    os.abort()


def write_to_no_memory(world):
    ctypes.memset(0, 1, 1)


def run_no_instructions(world):
    ctypes.CFUNCTYPE(None)(8)()


def raise_system_exit(world):
    raise SystemExit("the model wants to end")


def raise_keyboard_interrupt(world):
    raise KeyboardInterrupt


def end_the_main_thread(world):
    ctypes.CDLL(None).pthread_exit(None)


class EndlessError(BaseException):
    def __str__(self):  # noqa: PLE0307
        while True:
            pass


class RaisingError(BaseException):
    def __str__(self):
        raise SystemExit


class LargeError(BaseException):
    def __str__(self):
        return "x" * (1 << 30)


class LargeOrdinaryError(Exception):
    def __str__(self):
        return "x" * (1 << 26)


class ControlError(BaseException):
    def __str__(self):
        return "\x1b[31mred\x1b[0m\r\n\x07\u202etxet\x00 \ud800"


class NamelessType(type):
    __name__ = property(lambda _: 1 / 0)


class NamelessError(BaseException, metaclass=NamelessType):
    pass


def raise_an_endless_error(world):
    raise EndlessError


def raise_an_error_that_raises(world):
    raise RaisingError


def raise_a_large_error(world):
    raise LargeError


def raise_a_large_ordinary_error(world):
    raise LargeOrdinaryError


def raise_an_error_with_control_characters(world):
    raise ControlError


def raise_an_error_without_a_name(world):
    raise NamelessError


def delete_all_modules(world):
    sys.modules.clear()
    raise ImportError("there is nothing left")


def replace_the_code_around_it(world):
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith(("model_process", "joblib", "json")):
            for name in list(vars(module)):
                if callable(getattr(module, name)):
                    setattr(module, name, exit_as_if_all_was_well)
    raise ImportError("everything is replaced")


def leave_a_thread_behind(world):
    threading.Thread(target=compute_for_ever, args=[world], daemon=True).start()


def leave_an_exit_function_behind(world):
    import atexit

    atexit.register(compute_for_ever, world)


def collect_no_garbage_and_trace_everything(world):
    import gc

    gc.disable()
    threading.setprofile(lambda *_: time.sleep(0.001))
    sys.setswitchinterval(100)
