# cython: boundscheck=False
# C types of sums.py; inline because every TCP segment passes here.
from libc.string cimport memcpy

cdef extern from *:
    """
    static inline unsigned long long otaudit_words(const unsigned char *from, size_t size) {
        unsigned long long total = 0;
        unsigned int word;
        size_t at = 0;
        for (; at + 4 <= size; at += 4) {
            memcpy(&word, from + at, 4);
            total += word;
        }
        word = 0;
        memcpy(&word, from + at, size - at);
        total += word;
        while (total >> 16) total = (total & 0xFFFF) + (total >> 16);
    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        return total;
    #else
        return ((total & 0xFF) << 8) | (total >> 8);
    #endif
    }
    """
    unsigned long long otaudit_words(const unsigned char* begin, size_t size) noexcept nogil

cdef inline unsigned long long words_sum(const unsigned char[::1] buffer, Py_ssize_t at, Py_ssize_t size) noexcept nogil:
    return otaudit_words(&buffer[at], size)
