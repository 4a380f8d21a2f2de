cimport cython
from libc.string cimport memcpy

cdef extern from *:
    """
    #if defined(__SIZEOF_INT128__)
    typedef unsigned __int128 otaudit_wide;
    static inline unsigned long long otaudit_narrow(otaudit_wide total) {
        unsigned long long low = (unsigned long long) total, high = (unsigned long long) (total >> 64);
        return (low & 0xFFFFFFFFULL) + (low >> 32) + high;
    }
    #define OTAUDIT_STEP 8
    typedef unsigned long long otaudit_step;
    #else
    typedef unsigned long long otaudit_wide;
    #define otaudit_narrow(total) (total)
    #define OTAUDIT_STEP 4
    typedef unsigned int otaudit_step;
    #endif
    static inline unsigned long long otaudit_words(const unsigned char *from, size_t size) {
        otaudit_wide wide = 0;
        unsigned long long total;
        otaudit_step step;
        unsigned int word;
        unsigned short half;
        unsigned char last[2] = {0, 0};
        for (; size >= OTAUDIT_STEP; size -= OTAUDIT_STEP, from += OTAUDIT_STEP) {
            memcpy(&step, from, OTAUDIT_STEP);
            wide += step;
        }
        total = otaudit_narrow(wide);
        if (size & 4) {
            memcpy(&word, from, 4);
            total += word;
            from += 4;
        }
        if (size & 2) {
            memcpy(&half, from, 2);
            total += half;
            from += 2;
        }
        if (size & 1) {
            last[0] = *from;
            memcpy(&half, last, 2);
            total += half;
        }
        total = (total & 0xFFFFFFFFULL) + (total >> 32);
        total = (total & 0xFFFF) + (total >> 16);
        total = (total & 0xFFFF) + (total >> 16);
        total = (total & 0xFFFF) + (total >> 16);
    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        return total;
    #else
        return ((total & 0xFF) << 8) | (total >> 8);
    #endif
    }
    """
    unsigned long long otaudit_words(const unsigned char* begin, size_t size) noexcept nogil

cdef inline unsigned long long words_sum(const unsigned char[::1] buffer, Py_ssize_t at, Py_ssize_t size) noexcept nogil:
    with cython.boundscheck(False):
        return otaudit_words(&buffer[at], size)
