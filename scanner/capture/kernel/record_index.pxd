from scanner.capture.kernel.messages.tests cimport otaudit_load


cdef extern from *:
    """
    #if defined(__GNUC__)
    #define otaudit_prefetch(byte) __builtin_prefetch(byte)
    #else
    #define otaudit_prefetch(byte) ((void) (byte))
    #endif
    """
    void otaudit_prefetch(const unsigned char *byte) noexcept nogil

cdef class Index:
    cdef readonly Py_ssize_t capacity
    cdef readonly Py_ssize_t count
    cdef readonly long long first_frame
    cdef long long[::1] offset
    cdef long long[::1] time
    cdef unsigned int[::1] captured
    cdef unsigned int[::1] wire
    cdef int[::1] link
    cdef int[::1] interface
    cdef readonly long long packets
    cdef readonly long long wire_bytes
    cdef readonly long long captured_bytes
    cdef readonly long long truncated
    cdef readonly long long first_time
    cdef readonly long long last_time
    cdef int add(
        self, Py_ssize_t offset, long long captured, long long wire, long long time, int link, int interface
    ) except -1 nogil

cdef class Walker:
    cdef readonly int state
    cdef readonly long long need
    cdef readonly str problem
    cdef bint big
    cdef const unsigned char[::1] buffer

cdef class PcapWalker(Walker):
    cdef int link
    cdef int nanoseconds
    cdef int swapped_lengths
    cdef Py_ssize_t _walk(self, Py_ssize_t at, Py_ssize_t end, Index index) except -1 nogil

cdef class PcapngWalker(Walker):
    cdef readonly long long dropped
    cdef readonly list comments
    cdef readonly int interfaces
    cdef int first_interface
    cdef int[::1] links
    cdef unsigned int[::1] snapshot
    cdef int[::1] shift
    cdef unsigned long long[::1] factor
    cdef unsigned long long[::1] divisor
    cdef long long[::1] seconds
    cdef Py_ssize_t _walk(self, Py_ssize_t at, Py_ssize_t end, Index index) except -1 nogil
    cdef int _packet(self, int kind, Py_ssize_t at, Py_ssize_t length, Index index) except -1 nogil
    cdef long long _nanoseconds(self, int interface, unsigned long long stamp) except -1 nogil
    cdef int _options(self, int kind, Py_ssize_t at, Py_ssize_t end) except -1 nogil
    cdef int _comment(self, Py_ssize_t at, Py_ssize_t length) except -1 with gil
