# C types of copies.py; DATAGRAM_ROW there is the same layout.
from scanner.capture.kernel.track.connections cimport COPIED, COPY, KNOWN_START, STARTED, USED, ConnectionPointer, Connections
from scanner.capture.kernel.track.conversations cimport OVER_TCP, OVER_UDP, Conversations
from scanner.capture.kernel.messages.matcher cimport otaudit_load
from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.tcp_reassembly cimport ACK, SYN

cdef enum:
    # HalfRow.flags, one direction of datagrams
    NUMBERED = 1024  # ``first`` is the identification of the last one, ``next`` part of its hash
    COUNTING = 2048  # the sender does not give the same identification to all
    STUCK = 4096  # it gave the same one to different datagrams

cdef enum:
    NEAR = 0x40000  # bytes by which the same segment may be ahead or behind at another place
    REMEMBERED_DATAGRAMS = 4096  # datagrams that are remembered
    COMPARED = 64  # bytes of a datagram
    NUMBERED_COMPARED = 16  # bytes of one with an identification

cdef extern from *:
    """
    #define OTAUDIT_SOON 1000000000LL
    #define OTAUDIT_SHORTLY 100000000LL
    #define OTAUDIT_AT_ONCE 500000LL
    #define OTAUDIT_SAME_TIME 10000000000LL
    """
    long long SOON "OTAUDIT_SOON"  # ns within which an identification is not used again
    long long SHORTLY "OTAUDIT_SHORTLY"  # ns within which equal payloads are copies, as far as they pair up
    long long AT_ONCE "OTAUDIT_AT_ONCE"  # ns within which nobody sends the same twice
    long long SAME_TIME "OTAUDIT_SAME_TIME"  # ns between packets of connections that exist at the same time

cdef struct DatagramRow:
    unsigned long long hash
    long long time
    unsigned long long serial
    int connection
    int hops
    int balance  # how many of the connection's are without a copy yet; negative: copies without an original
    int unused

cdef class Copies:
    cdef Connections connections
    cdef Conversations conversations
    cdef dict newest  # both ends -> the connection between them that was opened last
    cdef DatagramRow[::1] recent
    cdef unsigned long long secret
    cdef unsigned long long seed

    cdef int original(self, int c) except -2
    cdef int join(self, int c, int side, Packet packet) except -1
    cdef unsigned long long ends(self, int c) except? 0xFFFFFFFFFFFFFFFF
    cdef bint same_ends(self, int c, int other) except -1
    cdef bint same_stream(self, int c, int side, Packet packet) except -1
    cdef int tie(self, int c, int original) except -1
    cdef bint again(self, int c, int side, Packet packet) except -1
    cdef Py_ssize_t place(self, unsigned long long digest) except -1
    cdef int tie_datagrams(self, int c, int other) except -1
    cdef unsigned long long digest(self, Packet packet) except? 0xFFFFFFFFFFFFFFFF
    cdef int counting(self, int half, unsigned long long digest, Packet packet) except -1
