from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.tests cimport Tests, number_at, otaudit_load
from scanner.capture.kernel.messages.words cimport is_known

cdef class Keys:
    cdef Tests tests
    cdef const unsigned char[::1] masks
    cdef CaseRow[::1] cases
    cdef RangeRow[::1] ranges
    cdef ChainRow[::1] chains
    cdef PickRow[::1] picks
    cdef unsigned short[::1] steps
    cdef const unsigned long long[::1] words
    cdef unsigned long long[::1] out
    # the BER element or Protocol Buffers field found last: where its content begins, and where the next one does
    cdef Py_ssize_t content
    cdef Py_ssize_t after
    cdef Py_ssize_t tag_end
    cdef int number_found  # of the field
    # the numbering of the message whose key was gathered last, which of it is there (STATE, SEQUENCE, LIFETIME), and
    # how many bytes of the key are ahead of its first number; -1 without one
    cdef unsigned long long state
    cdef unsigned long long sequence
    cdef unsigned long long lifetime  # ms
    cdef int numbers
    cdef Py_ssize_t ahead
    cdef int opener

    cdef Py_ssize_t key(
        self, int case, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total
    ) except -1 nogil
    cdef Py_ssize_t collect(
        self, int first, int last, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total
    ) except -1 nogil
    cdef Py_ssize_t parts(
        self, int r, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total, Py_ssize_t n
    ) except -1 nogil
    cdef Py_ssize_t elements(self, int r, Packet packet, Py_ssize_t start, Py_ssize_t end, Py_ssize_t n) except -1 nogil
    cdef Py_ssize_t chain(self, int r, Packet packet, Py_ssize_t start, Py_ssize_t visible, Py_ssize_t n) except -1 nogil
    cdef Py_ssize_t record(
        self, ChainPointer chained, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total, Py_ssize_t n
    ) except -1 nogil
    cdef Py_ssize_t directory(
        self, int r, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total, Py_ssize_t n
    ) except -1 nogil
    cdef Py_ssize_t protobuf(
        self, int r, Packet packet, Py_ssize_t start, Py_ssize_t visible, Py_ssize_t n
    ) except -1 nogil
    cdef bint field(self, Packet packet, Py_ssize_t start, Py_ssize_t at, Py_ssize_t end) except -1 nogil
    cdef Py_ssize_t varint(self, Packet packet, Py_ssize_t start, Py_ssize_t at, Py_ssize_t end) except -2 nogil
    cdef Py_ssize_t transducer(
        self, int r, Packet packet, Py_ssize_t start, Py_ssize_t visible, Py_ssize_t n
    ) except -1 nogil
    cdef Py_ssize_t word(
        self, int r, Packet packet, Py_ssize_t at, Py_ssize_t size, unsigned long long digest, bint escaped,
        Py_ssize_t n
    ) except -1 nogil
    cdef Py_ssize_t gather(
        self, int first, int last, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total, Py_ssize_t n
    ) except -1 nogil
    cdef Py_ssize_t behind(
        self, int r, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total, Py_ssize_t n
    ) except -1 nogil
    cdef bint element(self, Packet packet, Py_ssize_t start, Py_ssize_t at, Py_ssize_t end) except -1 nogil
    cdef Py_ssize_t put(self, Packet packet, Py_ssize_t at, Py_ssize_t size, Py_ssize_t n) except -1 nogil
    cdef Py_ssize_t note(
        self, int kind, Packet packet, Py_ssize_t start, Py_ssize_t at, Py_ssize_t end, Py_ssize_t n
    ) except -1 nogil
    cdef Py_ssize_t range_end(
        self, int r, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total
    ) except -1 nogil
    cdef unsigned long long last_bytes(
        self, Packet packet, Py_ssize_t at, Py_ssize_t size
    ) except? 0xFFFFFFFFFFFFFFFF nogil
