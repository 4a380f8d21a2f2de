from scanner.capture.kernel.track.connections cimport Connections
from scanner.capture.kernel.messages.matcher cimport Matcher
from scanner.capture.kernel.messages.dispatch cimport Dispatch
from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.recognition cimport Recognition
from scanner.capture.kernel.track.sights cimport Sights
from scanner.capture.kernel.messages.partial cimport Head, Partial

cdef class Segmentation:
    cdef Matcher matcher
    cdef Connections connections
    cdef Dispatch dialogue
    cdef Recognition recognition
    cdef Sights sights
    cdef long long frame
    cdef object partials
    cdef object joins
    cdef object heads
    cdef int releasing
    cdef Head released
    cdef long long held
    cdef long long held_limit
    cdef readonly long long left_out
    cdef Py_ssize_t behind
    cdef bytes answer
    cdef int lacks
    cdef Py_ssize_t lacking

    cdef int advance(self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t end) except -1
    cdef int cut(self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t end) except -1
    cdef int pass_over(self, int c, int h, Py_ssize_t size) except -1
    cdef int gather(self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t end) except -1
    cdef int settle(self, int c, int side, bint last) except -1
    cdef int release(self, int h) except -1
    cdef Head waiting(self, int h)
    cdef bint gave_way(self, int h, Packet packet, Py_ssize_t at, Py_ssize_t captured, bint part) except -1
    cdef bint is_elsewhere(self, int h, Partial joined) except -1
    cdef Py_ssize_t cut_off(self, int h, FramingPointer framing) except -1
    cdef bint settle_answer(self, int c, int side) except -1
    cdef int goes_over(self, int c, Packet packet, Py_ssize_t at, Py_ssize_t size) except -1
    cdef bint grown(self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t end) except -1
    cdef bint find_sync(self, int c, int h, Packet packet, Py_ssize_t at, Py_ssize_t end) except -1
    cdef Py_ssize_t recover(
        self, int c, int h, Packet packet, Py_ssize_t start, Py_ssize_t at, Py_ssize_t end
    ) except -2
    cdef int unit(
        self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t visible, long long total
    ) except -1
    cdef int tell(
        self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t visible, long long total
    ) except -1
    cdef FramingPointer framing(self, int c) except NULL
    cdef bint unfinished(
        self, int h, Packet packet, Py_ssize_t at, Py_ssize_t visible, long long total
    ) except -1
    cdef int join(
        self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t visible, long long total, bint last
    ) except -1
    cdef int hold(self, int c, int h, Packet packet, Py_ssize_t at, Py_ssize_t end, long long total) except -1
    cdef Py_ssize_t fill(self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t end) except -1
    cdef int drop(self, int h) except -1
    cdef int out_of_sync(self, int h, int also) except -1
    cdef int lost(self, int c, int side, Packet packet, long long size) except -1
    cdef int finish(self, int c, int side) except -1
    cdef int cut_short(self, int c, int side) except -1
    cdef int forget(self, int h) except -1
    cdef int give_out(self, int c, int side) except -1
