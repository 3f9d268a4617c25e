"""Attempts in the machine's own instructions, past the C library: x86-64 only."""

import ctypes
import mmap

from tests.faults.wall.attack import attack, checked

_ENDED = "ended: the model made system calls of another architecture"


def run(instructions):
    """What the instructions leave in rax, as a signed number."""
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(instructions)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return ctypes.CFUNCTYPE(ctypes.c_long)(address)()


def call_32_bit(number):
    """A system call by its number of the 32-bit interface; ebx, ecx and edx are zero."""
    return run(
        b"\x53"  # push rbx
        b"\x31\xdb\x31\xc9\x31\xd2"  # xor ebx, ebx; xor ecx, ecx; xor edx, edx
        b"\xb8" + number.to_bytes(4, "little") + b"\xcd\x80"  # mov eax, number; int 0x80
        b"\x5b\xc3"  # pop rbx; ret
    )


def call(number):
    return run(
        b"\x31\xff\x31\xf6\x31\xd2"  # xor edi, edi; xor esi, esi; xor edx, edx
        b"\xb8" + number.to_bytes(4, "little") + b"\x0f\x05"  # mov eax, number; syscall
        b"\xc3"
    )


def result(value):
    if value < 0:
        ctypes.set_errno(-value)
        checked(-1)
    return [value]


@attack(("a 32-bit call",), behind=_ENDED)
def call_getpid_by_the_32_bit_interface(world):
    return result(call_32_bit(20))


@attack(("a 32-bit call",), behind=_ENDED, opened="*")
def call_socket_by_the_32_bit_interface(world):
    return result(call_32_bit(359))


@attack(("a 32-bit call",), behind=_ENDED, opened="*")
def call_getpid_by_the_x32_interface(world):
    return result(call(0x40000000 + 39))


@attack(("a 32-bit call",), behind=_ENDED, opened="*")
def call_socket_by_the_x32_interface(world):
    return result(call(0x40000000 + 41))


@attack(("socket",), opened="*")
def call_socket_without_the_library(world):
    return result(call(41))


@attack(opened="filter")
def call_a_number_that_no_kernel_has(world):
    return result(call(0x3FFFFFFF))


@attack(("vfork",))
def fork_without_the_library(world):
    # The child ends at once: it shares this stack.
    child = run(
        b"\xb8\x3a\x00\x00\x00\x0f\x05"  # mov eax, 58; syscall
        b"\x48\x85\xc0\x75\x09"  # test rax, rax; jnz over the next 9 bytes
        b"\x31\xff\xb8\x3c\x00\x00\x00\x0f\x05"  # xor edi, edi; mov eax, 60; syscall
        b"\xc3"
    )
    return result(child)


@attack(("fork", "clone"))
def clone_without_the_library(world):
    child = run(
        b"\xbf\x11\x00\x00\x00\x31\xf6\x31\xd2\x4d\x31\xd2\x4d\x31\xc0"  # edi = SIGCHLD, others 0
        b"\xb8\x38\x00\x00\x00\x0f\x05"  # mov eax, 56; syscall
        b"\x48\x85\xc0\x75\x09"
        b"\x31\xff\xb8\x3c\x00\x00\x00\x0f\x05"
        b"\xc3"
    )
    return result(child)
