from scanner.capture.kernel.track.conversations cimport Conversations
from scanner.capture.kernel.messages.matcher cimport Matcher
from scanner.capture.kernel.messages.distinct cimport DistinctMessages
from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.pairing cimport Pairing
from scanner.capture.kernel.messages.handles cimport Handles
from scanner.capture.kernel.messages.rhythms cimport Rhythms
from scanner.capture.kernel.track.sights cimport Sights

cdef class Dispatch:
    cdef Matcher matcher
    cdef Conversations conversations
    cdef DistinctMessages messages
    cdef Pairing pairing
    cdef Sights sights
    cdef Rhythms rhythms
    cdef Handles handles

    cdef int message(
        self,
        ConnectionPointer connection,
        FramingPointer framing,
        int side,
        Packet packet,
        Py_ssize_t start,
        Py_ssize_t visible,
        long long total,
    ) except -1
    cdef int orient(
        self, ConnectionPointer connection, FramingPointer framing, bint from_client, int role
    ) except -1
    cdef int pair(
        self,
        ConnectionPointer connection,
        FramingPointer framing,
        int side,
        int row,
        bint asks,
        Py_ssize_t size,
        long long time,
    ) except -1
