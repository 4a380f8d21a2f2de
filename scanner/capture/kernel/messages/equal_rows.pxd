cimport cython

from scanner.capture.kernel.hashing cimport mix

@cython.locals(
    found=object,
    first="long long[::1]",
    digests="unsigned long long[::1]",
    buckets="int[::1]",
)
cpdef object first_equal(
    const unsigned long long[:, ::1] words,
    const unsigned char[::1] octets,
    const long long[::1] begins,
    const long long[::1] ends,
)

cdef unsigned long long octets_mixed(
    unsigned long long digest,
    const unsigned char[::1] octets,
    Py_ssize_t begin,
    Py_ssize_t end,
    unsigned long long secret,
) noexcept

cdef bint equal_rows(
    const unsigned long long[:, ::1] words,
    const unsigned char[::1] octets,
    const long long[::1] begins,
    const long long[::1] ends,
    Py_ssize_t row,
    Py_ssize_t other,
) noexcept
