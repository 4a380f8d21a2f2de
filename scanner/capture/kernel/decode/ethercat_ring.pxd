from scanner.capture.kernel.decode.packet cimport *

cdef class Ring:
    cdef unsigned long long[::1] masters
    cdef Py_ssize_t learnt
    cdef unsigned long long last

    cdef int frame(self, Packet packet) except -1 nogil
    cdef bint counted(self, Packet packet) except -1 nogil
    cdef bint knows(self, unsigned long long address) except -1 nogil
    cdef int learn(self, unsigned long long address) except -1 nogil
