from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.datagrams cimport Datagrams
from scanner.capture.kernel.track.connections cimport Connections
from scanner.capture.kernel.track.sights cimport Sights

cdef class Fragments:
    cdef object data
    cdef long long following
    cdef long long total
    cdef bint whole

cdef class Chunks:
    cdef Connections connections
    cdef Datagrams datagrams
    cdef Sights sights
    cdef object joins
    cdef Packet view
    cdef long long held
    cdef long long held_limit
    cdef readonly long long left_out

    cdef int take(self, int c, int side, Packet packet) except -1
    cdef int without_data(self, int c, int side, Packet packet) except -1
    cdef int arrived(self, int c, int side, Packet packet) except -1
    cdef bint news(self, int c, int side, Packet packet) except -1
    cdef unsigned long long shifted(
        self, int c, int side, unsigned long long seen, int by, long long frame
    ) except? 0xFFFFFFFFFFFFFFFF
    cdef int lost(self, int c, int side, int chunks, long long frame) except -1
    cdef int fragment(self, int c, int side, Packet packet) except -1
    cdef int add(self, Fragments joined, Packet packet, Py_ssize_t at) except -1
    cdef int complete(self, int c, int side, long long name, Packet packet) except -1
    cdef int give_up(self, int c, int side, long long name, long long frame) except -1
    cdef int unread(self, int c, int side, long long size, long long frame) except -1
    cdef int settle(self, int c, int side) except -1
    cdef int end(self, int c) except -1
