cimport cython

cdef extern from *:
    """
    #include <string.h>
    #if defined(__GNUC__)
    static inline unsigned int otaudit_big16(const unsigned char *bytes) {
        unsigned short word;
        memcpy(&word, bytes, 2);
    #if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        word = __builtin_bswap16(word);
    #endif
        return word;
    }
    static inline unsigned int otaudit_big32(const unsigned char *bytes) {
        unsigned int word;
        memcpy(&word, bytes, 4);
    #if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        word = __builtin_bswap32(word);
    #endif
        return word;
    }
    #else
    static inline unsigned int otaudit_big16(const unsigned char *bytes) {
        return (unsigned int) bytes[0] << 8 | bytes[1];
    }
    static inline unsigned int otaudit_big32(const unsigned char *bytes) {
        return otaudit_big16(bytes) << 16 | otaudit_big16(bytes + 2);
    }
    #endif
    """
    unsigned int otaudit_big16(const unsigned char *begin) noexcept nogil
    unsigned int otaudit_big32(const unsigned char *begin) noexcept nogil

cdef inline int big16(const unsigned char[::1] buffer, Py_ssize_t at) noexcept nogil:
    with cython.boundscheck(False):
        return <int> otaudit_big16(&buffer[at])

cdef inline unsigned int big32(const unsigned char[::1] buffer, Py_ssize_t at) noexcept nogil:
    with cython.boundscheck(False):
        return otaudit_big32(&buffer[at])
