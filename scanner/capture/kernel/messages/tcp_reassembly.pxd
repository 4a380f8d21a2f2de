from scanner.capture.kernel.track.connections cimport Connections
from scanner.capture.kernel.track.conversations cimport Conversations
from scanner.capture.kernel.messages.segmentation cimport Segmentation
from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.recognition cimport Recognition
from scanner.capture.kernel.messages.rhythms cimport Rhythms
from scanner.capture.kernel.track.sights cimport Sights
from scanner.capture.kernel.messages.websockets cimport WebSockets

cdef class Segment:
    cdef readonly unsigned int sequence
    cdef readonly Py_ssize_t length
    cdef readonly object data
    cdef readonly long long frame
    cdef readonly long long time
    cdef bint doubtful

cdef bint agree(Segment waiting, unsigned int sequence, bytes data) except -1

cdef class Streams:
    cdef Connections connections
    cdef Conversations conversations
    cdef Segmentation cutting
    cdef WebSockets websockets
    cdef Recognition recognition
    cdef Sights sights
    cdef Rhythms rhythms
    cdef Packet replay
    cdef object waiting
    cdef object waiting_bytes
    cdef long long total
    cdef long long total_limit
    cdef long long each_limit
    cdef int segment_limit
    cdef long long longest_wait
    cdef long long acknowledged_wait
    cdef readonly long long left_out

    cdef bint begins_anew(self, int c, int side, Packet packet) except -1
    cdef int segment(self, int c, int side, Packet packet) except -1
    cdef int opening(self, int c, int side, Packet packet) except -1
    cdef int begin(self, int h, unsigned int sequence, int flags) except -1
    cdef int advance(self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t end) except -1
    cdef int go_over(self, int c, int side, Packet packet, Py_ssize_t end) except -1
    cdef int acknowledges(self, HalfPointer other, Packet packet) except -1
    cdef bint doubted(self, int c, int side, Packet packet) except -1
    cdef int remember(self, int h, Packet packet, unsigned int sequence) except -1
    cdef bint is_copy(self, int h, Packet packet, unsigned int sequence) except -1
    cdef bint differs(self, int h, Packet packet, unsigned int sequence) except -1
    cdef int never_captured(self, int h, long long missing) except -1
    cdef int gap(self, int h, long long missing, long long frame) except -1
    cdef int payload(self, int c, int side, Packet packet, unsigned int sequence, bint doubtful) except -1
    cdef int doubt(self, int c, int side, Packet packet, unsigned int sequence, Py_ssize_t wire) except -1
    cdef int overrule(self, int c, int side, Packet packet, unsigned int sequence, Py_ssize_t wire) except -1
    cdef int limit(self, int c, int side, Packet packet) except -1
    cdef int account(self, int h) except -1
    cdef int take(self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t wire) except -1
    cdef int early(self, int c, int side, Packet packet, unsigned int sequence, Py_ssize_t wire) except -1
    cdef int wait(
        self, int h, unsigned int sequence, Py_ssize_t length, bytes data, Packet packet, int c, bint doubtful
    ) except -1
    cdef int repeated(self, int c, long long time) except -1
    cdef int acknowledged(self, int c, int side, Packet packet) except -1
    cdef int closing(self, int c, int side, Packet packet, unsigned int sequence) except -1
    cdef int end(self, int c) except -1
