
cdef extern from *:
    """
    #if defined(__SIZEOF_INT128__)
    static inline unsigned long long otaudit_fold(unsigned long long a, unsigned long long b) {
        unsigned __int128 product = (unsigned __int128) a * b;
        return (unsigned long long) product ^ (unsigned long long) (product >> 64);
    }
    #else
    static inline unsigned long long otaudit_fold(unsigned long long a, unsigned long long b) {
        unsigned long long low = 0xFFFFFFFFULL;
        unsigned long long p = (a & low) * (b & low), q = (a & low) * (b >> 32), r = (a >> 32) * (b & low);
        unsigned long long middle = (p >> 32) + (q & low) + (r & low);
        return (a * b) ^ ((a >> 32) * (b >> 32) + (q >> 32) + (r >> 32) + (middle >> 32));
    }
    #endif
    """
    unsigned long long otaudit_fold(unsigned long long a, unsigned long long b) noexcept nogil

cdef inline unsigned long long mix(
    unsigned long long state, unsigned long long word, unsigned long long secret
) noexcept nogil:
    return otaudit_fold(state ^ word, secret)
