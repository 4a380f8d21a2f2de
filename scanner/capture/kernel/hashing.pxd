# C types of hashing.py; inline because every packet passes here several times.

cdef inline unsigned long long mix(
    unsigned long long state, unsigned long long word, unsigned long long secret
) noexcept nogil:
    state = (state ^ word) * secret
    state ^= state >> 32
    state *= secret
    return state ^ (state >> 29)
