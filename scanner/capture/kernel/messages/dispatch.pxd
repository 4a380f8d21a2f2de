# C types of dialogue.py.
from scanner.capture.kernel.track.connections cimport ConnectionPointer
from scanner.capture.kernel.track.conversations cimport BY_PROTOCOL, OVER_TCP, Conversations
from scanner.capture.kernel.messages.matcher cimport CasePointer, Descriptors, FramingPointer
from scanner.capture.kernel.messages.distinct cimport NO_ROW, Messages
from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.pairing cimport AHEAD, Pairing
from scanner.capture.kernel.track.sights cimport Sights

cdef enum:
    # descriptor.Role
    BY_SIDE = 0
    REQUEST = 1
    RESPONSE = 2
    NOTICE = 3
    ASKS = 4
    ANSWERS = 5

cdef class Dialogue:
    cdef Descriptors descriptors
    cdef Conversations conversations
    cdef Messages messages
    cdef Pairing pairing
    cdef Sights sights

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
    cdef int orient(self, ConnectionPointer connection, bint from_client, int role) except -1
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
