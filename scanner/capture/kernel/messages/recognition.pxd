from scanner.capture.kernel.track.connections cimport Connections
from scanner.capture.kernel.track.conversations cimport Conversations
from scanner.capture.kernel.messages.matcher cimport Matcher
from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.track.services cimport Services

cdef class Recognition:
    cdef Matcher matcher
    cdef Connections connections
    cdef Conversations conversations
    cdef const unsigned char[::1] hinted_ports
    cdef int[::1] order
    cdef int[::1] spans
    cdef object hints
    cdef Services services
    cdef object confirmed_framings
    cdef bint patient
    cdef bint waits
    cdef bint blocked
    cdef bint fitted
    cdef bint doubted

    cdef int skip(self, int c, int h, Py_ssize_t size) except -1
    cdef bint hinted(self, int transport, int port) except -1
    cdef int go_on(self, int c, int then) except -1
    cdef int place(self, int index, Packet packet, Py_ssize_t start, Py_ssize_t captured) except -1
    cdef bint choose(
        self,
        int c,
        Packet packet,
        Py_ssize_t start,
        Py_ssize_t captured,
        Py_ssize_t wire,
        bint fresh,
        bint only_strong,
    ) except -1
    cdef bint choose_at_first(
        self, int c, Packet packet, Py_ssize_t start, Py_ssize_t captured, bint last
    ) except -1
    cdef bint choose_by_port(
        self, int c, int port, Packet packet, Py_ssize_t start, Py_ssize_t captured, Py_ssize_t wire, bint fresh
    ) except -1
    cdef bint begins_otherwise(self, int c, int hinted, Packet packet, Py_ssize_t start, Py_ssize_t captured) except -1
    cdef bint choose_by_service(
        self, int c, Packet packet, Py_ssize_t start, Py_ssize_t captured, Py_ssize_t wire, bint fresh
    ) except -1
    cdef bint fits(
        self,
        int c,
        int framing,
        Packet packet,
        Py_ssize_t start,
        Py_ssize_t captured,
        Py_ssize_t wire,
        bint fresh,
        bint by_port,
    ) except -1
    cdef bint give_way(
        self, int c, Packet packet, Py_ssize_t start, Py_ssize_t captured, bint part
    ) except -1
    cdef int fills(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t captured) except -1
    cdef bint begins_here(self, int c, int h, Packet packet, Py_ssize_t at, Py_ssize_t end) except -1
    cdef bint turned(
        self, int h, FramingPointer framing, Packet packet, Py_ssize_t at, Py_ssize_t size
    ) except -1
    cdef bint is_empty(self, int h, Packet packet, Py_ssize_t at) except -1
    cdef bint turns(self, int c, int side, Py_ssize_t size) except -1
    cdef bint is_upgrade(self, int c, Packet packet, Py_ssize_t at, Py_ssize_t size) except -1
    cdef int begin_inside(self, int c) except -1
    cdef int adopt(self, int c, int framing, bint by_port, bint trusted) except -1
    cdef int refute(self, int c) except -1
    cdef int replaced(self, int c, Packet packet, Py_ssize_t start, Py_ssize_t captured, bint fresh) except -1
    cdef int reprieve(self, int c, int framing, bint by_port, int steps, int misses) except -1
    cdef int restart(self, int c) except -1
    cdef int in_sync(self, int c) except -1
    cdef int confirm(self, int c) except -1
    cdef int remember(self, int c) except -1
    cdef bint tentative(self, int c) except -1
    cdef int recall(self, int c) except -1
    cdef bint takes_any_stream(self, int c, int framing) except -1
    cdef int service(self, int c, bint make) except -2
    cdef bint gives_way(self, int framing) except -1
    cdef bint is_odd_here(self, int c, int framing) except -1
    cdef bint names_port(self, int c, int framing) except -1
