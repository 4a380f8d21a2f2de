from scanner.capture.kernel.messages.matcher cimport Matcher
from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.record_index cimport otaudit_prefetch

cdef class Pairing:
    cdef PendingRow[::1] pending
    cdef int[::1] buckets
    cdef unsigned long long mask
    cdef int hand
    cdef int free  # the rows that were freed, by ``next``
    cdef int ring
    cdef int most  # requests in one queue
    cdef int[::1] order  # the rows of the queue that is settled
    cdef StrayRow[::1] strays
    cdef int stray
    cdef long long latest  # ns, of all requests and answers so far
    cdef readonly long long took
    cdef readonly int asked
    cdef PairRow[::1] pairs
    cdef int[::1] pair_buckets
    cdef int[::1] latest_pairs
    cdef unsigned long long pair_mask
    cdef readonly int size
    cdef long long pair_limit
    cdef readonly long long left_out
    cdef unsigned long long secret
    cdef unsigned long long seed
    cdef unsigned long long[::1] words

    cdef int ask(
        self,
        unsigned long long owner0,
        unsigned long long owner1,
        unsigned long long owner2,
        Py_ssize_t size,
        int row,
        bint stays,
        bint datagram,
        long long time,
    ) except -1
    cdef int answer(
        self,
        unsigned long long owner0,
        unsigned long long owner1,
        unsigned long long owner2,
        Py_ssize_t size,
        int row,
        long long time,
        long long quickest,
    ) except -1
    cdef int queue(self, int head, int row, bint datagram, long long time) except -1
    cdef int answer_queued(self, int head, int row, long long time, long long quickest) except -1
    cdef int settle(self, int head) except -1
    cdef bint overtaken(self, long long waited, long long least) noexcept
    cdef int repeats(self, int many, int first, int answers) except -1
    cdef int move(self, int source, int target) except -1
    cdef int shorten(self, int head, int many, int left) except -1
    cdef int leave(self, int head, int place) except -1
    cdef int drop(self, int head) except -1
    cdef int give_up(self, int place) except -1
    cdef bint came_first(self, unsigned long long digest, int row, long long time) except -1
    cdef unsigned long long identify(
        self, unsigned long long owner0, unsigned long long owner1, unsigned long long owner2, Py_ssize_t size
    ) except? 0xFFFFFFFFFFFFFFFF
    cdef int find(
        self,
        unsigned long long digest,
        unsigned long long owner0,
        unsigned long long owner1,
        unsigned long long owner2,
        Py_ssize_t size,
    ) except -2
    cdef int room(self, int but=*) except -1
    cdef int unlink(self, int row) except -1
    cdef int pair(self, int request, int response) except -1
    cdef int foresee(self, int request) noexcept
    cdef int lately(self, int request, int row) except -1
