# C types of pairing.py; PENDING, PAIR and STRAY there are the same layouts.
from scanner.capture.kernel.messages.matcher cimport Descriptors
from scanner.capture.kernel.hashing cimport mix

cdef enum:
    PAIR_WORDS = 4  # words of pair bytes; a longer identifier is folded into the last one
    STRAYS = 64  # answers that are remembered without a request, which the capture may have behind them

cdef enum:  # whether a row waits, and how
    FREE = 0
    ONCE = 1  # for one answer
    STAYS = 2  # for any number of them
    QUEUED = 3  # behind others with the same identifier

cdef enum:  # marks of a request
    UNREPEATED = 1  # nothing below it repeats what is lost
    REPEATED = 2  # an equal one that waited at the same time was answered
    IN_ORDER = 4  # of a head: the last request was not answered so soon
    NOT_WAITED = 8  # of a head: its sender does not wait for answers

cdef enum:
    AHEAD = -2  # in place of a time: several requests were on the way at once, and all were answered

cdef extern from *:
    """
    #define OTAUDIT_GIVEN_UP 100000000LL
    #define OTAUDIT_FORGOTTEN 5000000000LL
    """
    long long GIVEN_UP "OTAUDIT_GIVEN_UP"  # ns: nobody uses an identifier again sooner because no answer has come
    long long FORGOTTEN "OTAUDIT_FORGOTTEN"  # ns after which one that was given up is not answered either

cdef struct PendingRow:
    unsigned long long hash
    unsigned long long owner0
    unsigned long long owner1
    unsigned long long owner2
    unsigned long long pair0
    unsigned long long pair1
    unsigned long long pair2
    unsigned long long pair3
    long long time  # when it was asked, ns
    long long answered  # when ``response`` came, ns
    int size
    int request
    int next
    int waits
    int later  # the one behind it in its queue, -1 none
    int last  # of the queue, where this is its head
    int first  # the head, where this is not
    int depth  # how many wait, where this is the head
    int marks
    int answers  # how many have come for the queue of this head
    int response  # the answer noted here, -1 none
    int unused

ctypedef PendingRow* PendingPointer

cdef struct PairRow:
    long long count
    int request
    int response
    int next
    int unused

cdef struct StrayRow:
    unsigned long long hash
    long long time
    int response
    int unused

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
    cdef PairRow[::1] pairs
    cdef int[::1] pair_buckets
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
