from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.segmentation cimport Segmentation
from scanner.capture.kernel.track.connections cimport Connections
from scanner.capture.kernel.track.sights cimport Sights

cdef class FramesOfSide:
    cdef bytearray header
    cdef bytearray held
    cdef unsigned int key
    cdef unsigned char[::1] clear
    cdef bint masked
    cdef long long left
    cdef int turn
    cdef int opcode
    cdef bint final
    cdef bint begun
    cdef bint compressed
    cdef bint passing
    cdef bint deaf
    cdef bint masks
    cdef object inflates
    cdef long long sent
    cdef long long inflated
    cdef long long cost

    cdef bytearray unmasked(self, Packet packet, Py_ssize_t at, Py_ssize_t size)

cdef class WebSockets:
    cdef Connections connections
    cdef Segmentation cutting
    cdef Sights sights
    cdef dict sides
    cdef Packet view
    cdef long long held
    cdef long long held_limit
    cdef readonly long long left_out

    cdef int begin(self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t end) except -1
    cdef int take(self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t end) except -1
    cdef Py_ssize_t open(
        self, FramesOfSide frames, Packet packet, Py_ssize_t at, Py_ssize_t end
    ) except? -1
    cdef int content(
        self, int c, int side, FramesOfSide frames, Packet packet, Py_ssize_t at, Py_ssize_t size
    ) except -1
    cdef int let_go(self, int c, int side, FramesOfSide frames, Packet packet) except -1
    cdef int give(self, int c, int side, object content, Packet packet) except -1
    cdef bytes inflate(self, int c, int side, FramesOfSide frames, bytes part, bint ends, long long frame)
    cdef bint in_step(self, FramesOfSide frames, Packet packet, Py_ssize_t at, Py_ssize_t end) except -1
    cdef int lose_step(self, int c, int side, FramesOfSide frames, long long frame) except -1
    cdef int unread(self, int c, int side, long long size, long long frame) except -1
    cdef int lost(self, int c, int side, Packet packet, long long size) except -1
    cdef int finish(self, int c, int side) except -1
