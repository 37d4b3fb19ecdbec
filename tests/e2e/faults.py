"""Makes calls of `trapline run` fail: tests/fault/faulty.c has the other side."""

import errno
import mmap
import pathlib
import struct
import tempfile
import unittest

import harness

CALLS = ("write", "send", "sendmsg", "sendmmsg", "recvmmsg", "fsync", "fdatasync", "ftruncate",
         "renameat", "renameat2", "accept4", "memfd_create", "pthread_create", "fork",
         "malloc", "calloc", "realloc", "getaddrinfo")
SLOT = struct.Struct("=iiii48s")
FAULTY = pathlib.Path(harness.PROGRAM).parent / "tests" / "fault" / "trapline_faulty"
EVER = 1 << 30

needs_faulty = unittest.skipUnless(FAULTY.exists(), "no trapline_faulty beside the program")


class Faults:
    """One for each program; .env is what it needs in its environment."""

    def __init__(self):
        self.file = tempfile.NamedTemporaryFile()
        self.file.truncate(len(CALLS) * SLOT.size)
        self.map = mmap.mmap(self.file.fileno(), 0)
        self.env = {"TRAPLINE_FAULTS": self.file.name}

    def set(self, call, error, count=EVER, skip=0, match=""):
        """The next |count| calls, after |skip| that pass, fail with |error|; below 0: they
        do at most so many bytes; one of getaddrinfo never returns. Only those on what has |match| in its path, or is
        connected to |match|, "inet:PORT"."""
        at = CALLS.index(call) * SLOT.size
        number = error if isinstance(error, int) else getattr(errno, error)
        SLOT.pack_into(self.map, at, 0, 0, 0, 0, b"")
        self.map[at + 16:at + SLOT.size] = match.encode().ljust(48, b"\0")
        struct.pack_into("=ii", self.map, at, number, skip)
        struct.pack_into("=i", self.map, at + 12, 0)
        struct.pack_into("=i", self.map, at + 8, count)  # last: from now on

    def clear(self, call):
        """How often it has failed; it does no more."""
        at = CALLS.index(call) * SLOT.size
        struct.pack_into("=i", self.map, at + 8, 0)
        return self.hits(call)

    def hits(self, call):
        return struct.unpack_from("=i", self.map, CALLS.index(call) * SLOT.size + 12)[0]

    def close(self):
        self.map.close()
        self.file.close()
