cdef bint is_known(
    const unsigned long long[::1] hashes, Py_ssize_t first, Py_ssize_t last, unsigned long long digest
) except -1 nogil
