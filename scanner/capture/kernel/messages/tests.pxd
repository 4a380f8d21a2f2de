from scanner.capture.kernel.decode.packet cimport Packet

cdef extern from *:
    """
    #include <string.h>
    /* Eight bytes as a little-endian number, wherever they lie. */
    static inline unsigned long long otaudit_load(const unsigned char *bytes) {
        unsigned long long word;
        memcpy(&word, bytes, 8);
    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
    #endif
        return word;
    }
    static inline Py_ssize_t otaudit_find(const unsigned char *bytes, Py_ssize_t size, int value) {
        const unsigned char *found = (const unsigned char *) memchr(bytes, value, (size_t) size);
        return found ? found - bytes : -1;
    }
    """
    unsigned long long otaudit_load(const unsigned char *bytes) noexcept nogil
    Py_ssize_t otaudit_find(const unsigned char *bytes, Py_ssize_t size, int value) noexcept nogil

cdef Py_ssize_t number_at(Packet packet, Py_ssize_t at, int width, int little) except -1 nogil

cdef class Tests:
    cdef TestRow[::1] tests
    cdef const unsigned char[::1] masks
    cdef bint from_client

    cdef bint holds(
        self, int first, int last, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total
    ) except -1 nogil
    cdef bint has(
        self, Packet packet, Py_ssize_t start, Py_ssize_t size, long long value, long long mask
    ) except -1 nogil
    cdef bint alike(
        self, Packet packet, Py_ssize_t start, Py_ssize_t size, long long one, long long other, long long width
    ) except -1 nogil
    cdef int residue(self, Packet packet, Py_ssize_t start, Py_ssize_t size, long long begun) except -1 nogil
    cdef bint may_hold(self, int first, int last, Packet packet, Py_ssize_t start, Py_ssize_t available) except -1 nogil
