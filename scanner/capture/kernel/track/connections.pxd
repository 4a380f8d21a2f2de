# C types of connections.py; CONNECTION and HALF there are the same layouts.
from scanner.capture.kernel.track.conversations cimport OTHER, OVER_ETHERNET
from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.decode.packet cimport Packet

cdef enum:
    # ConnectionRow.flags
    USED = 1
    RECENT = 2  # seen since the hand of the clock passed
    CLOSED = 4
    SYN_SEEN = 8
    SYN_ACK_SEEN = 16
    RESET_SEEN = 32
    CARRIED = 64  # payload was seen
    COPY = 128  # its packets are those of ``original``, captured at another place
    COPIED = 256  # others are copies of it

cdef enum:
    # HalfRow.flags, one direction of a TCP connection
    STARTED = 1  # ``next`` is valid
    KNOWN_START = 2  # the SYN was seen
    UNTOUCHED = 4  # the next payload is the first of the stream
    IN_STEP = 8  # the next byte begins a message
    PARTIAL = 16  # a message has begun and is not complete
    JOINING = 32  # parts of a message have been joined and more are to come
    WAITING = 64  # segments wait for an earlier one
    AFTER_GAP = 128  # something is missing before the next byte
    IN_BODY = 256  # between two header blocks
    FINISHED = 512  # FIN in order
    ACKED = 1024  # ``acked`` is valid
    # and RIGHT_SUM: a packet with a right checksum was seen; WRONG_SUM: so far payload with wrong ones only
    HEADED = 8192  # the stream's first bytes wait until it is told what they are
    ASKING = 16384  # of header blocks that tell, this direction has requests
    ANSWERING = 32768  # and this one answers
    LASTING = 7168  # what remains when the stream begins: ACKED | RIGHT_SUM | WRONG_SUM

cdef enum:
    REMEMBERED = 8  # segments of a direction whose places are known

ctypedef unsigned long long* BitsPointer

cdef struct ConnectionRow:
    unsigned long long hash
    unsigned long long high0
    unsigned long long low0
    unsigned long long high1
    unsigned long long low1
    unsigned long long serial
    unsigned long long refuted0  # framings that it is not: 256 bits
    unsigned long long refuted1
    unsigned long long refuted2
    unsigned long long refuted3
    long long quickest
    unsigned long long original_serial
    int port0
    int port1
    int transport
    int vlan
    int tunnel
    int next
    int flags
    int client
    int conversation
    int host0
    int host1
    int framing
    int previous
    int by_port
    int steps
    int wanted
    int misses
    int tries
    int settled
    int seen
    int original
    int spoke

ctypedef ConnectionRow* ConnectionPointer

cdef struct HalfRow:
    unsigned int next
    unsigned int first
    unsigned int acked
    unsigned int acked_first
    int flags
    int advances
    int turn
    int ttl

cdef struct RecentSegment:
    unsigned int chunk
    unsigned int at
    unsigned int sequence
    unsigned int length

ctypedef HalfRow* HalfPointer
ctypedef RecentSegment* RecentPointer

cdef class Connections:
    cdef ConnectionRow[::1] rows
    cdef HalfRow[::1] halves
    cdef RecentSegment[::1] recent
    cdef int[::1] buckets
    cdef unsigned long long mask
    cdef readonly int size
    cdef int free
    cdef int hand
    cdef int limit
    cdef unsigned long long serial
    cdef unsigned long long secret
    cdef unsigned long long seed
    cdef unsigned long long digest
    cdef unsigned long long high0
    cdef unsigned long long low0
    cdef unsigned long long high1
    cdef unsigned long long low1
    cdef int port0
    cdef int port1
    cdef int transport
    cdef int vlan
    cdef int tunnel
    cdef int side

    cdef int locate(self, Packet packet, int transport, int tunnel) except -2
    cdef int add(self) except -1
    cdef int victim(self) except -2
    cdef int remove(self, int row) except -1
