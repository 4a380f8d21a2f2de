# C types of series.py; SERIES and CHANGE there are the same layouts.
from scanner.capture.kernel.messages.matcher cimport Descriptors, LIFETIME, STATE
from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.decode.packet cimport FRAME, Packet

cdef extern from *:
    """
    #define OTAUDIT_NOTHING 0xFFFFFFFFFFFFFFFFULL
    #define OTAUDIT_LONGEST_LEAP 0x100000000ULL
    #define OTAUDIT_HIGHEST 0xFFFFFFFFULL
    """
    unsigned long long NO_NUMBER "OTAUDIT_NOTHING"  # no number
    unsigned long long LONGEST_LEAP "OTAUDIT_LONGEST_LEAP"  # what one leap is taken to have left out at most
    unsigned long long HIGHEST "OTAUDIT_HIGHEST"  # after which numbers of 32 bits begin with 1 again

cdef enum:
    SETTLED = 100000000
    LATEST = 16
    MS = 1000000
    NO_SERIES = -1
    SPANS = 12

cdef enum:
    IN_PART = 0
    SINCE_CHANGE = 1
    TURNS = 2

cdef enum:  # scanner.capture.result has their names
    NEXT_STATE = 0
    SKIPPED = 1
    BEGUN_ANEW = 2
    SET_BACK = 3
    OTHER_SERIES = 4

cdef struct SeriesRow:
    unsigned long long hash
    unsigned long long state
    unsigned long long sequence
    unsigned long long expected
    unsigned long long step
    unsigned long long modulus
    long long time
    long long since
    long long gap_time
    long long lifetime
    unsigned long long other_state
    unsigned long long other_expected
    long long other_time
    long long other_lifetime
    unsigned long long first_state
    unsigned long long first_sequence
    long long first_time
    long long last_time
    long long messages
    long long copies
    long long late
    long long states
    long long skipped
    long long starts
    long long set_back
    long long alternations
    long long gaps
    long long missing
    long long repeated
    long long least
    long long most
    long long intervals
    long long spaced
    long long steady
    long long steadies
    long long expired
    long long expired_missing
    long long expired_time
    long long expired_frame
    long long lifetime_least
    long long lifetime_most
    int begun
    int parked
    int whole
    int with_states
    int kept
    int next

ctypedef SeriesRow* SeriesPointer

cdef struct ChangeRow:
    long long time
    long long frame
    unsigned long long state
    unsigned long long before
    unsigned long long sequence
    int series
    int kind

cdef class Series:
    cdef Descriptors descriptors
    cdef unsigned long long[::1] out
    cdef unsigned long long secret
    cdef unsigned long long seed
    cdef long long limit
    cdef long long change_limit
    cdef long long each_limit
    cdef SeriesRow[::1] rows
    cdef int[::1] buckets
    cdef unsigned long long mask
    cdef readonly int size
    cdef readonly long long left_out
    cdef long long[::1] spans
    cdef long long[::1] span_counts
    cdef unsigned long long[::1] recent_states
    cdef unsigned long long[::1] recent_sequences
    cdef long long[::1] recent_times
    cdef ChangeRow[::1] changes
    cdef long long changed

    cdef int find(self, Packet packet, unsigned long long side) except -2
    cdef int add(self, unsigned long long digest) except -2
    cdef bint take(self, int row, Packet packet) except -1
    cdef int open(
        self, SeriesPointer known, long long time, unsigned long long state, unsigned long long sequence
    ) except -1
    cdef bint begin(
        self, int row, Packet packet, unsigned long long state, unsigned long long sequence
    ) except -1
    cdef int stand(
        self, int row, Packet packet, unsigned long long state, unsigned long long sequence
    ) except -1
    cdef int follow(
        self, int row, Packet packet, unsigned long long sequence, unsigned long long missing
    ) except -1
    cdef int expire(self, SeriesPointer known, Packet packet, bint missing) except -1
    cdef bint turn(
        self, int row, Packet packet, unsigned long long state, unsigned long long sequence
    ) except -1
    cdef bint was_there(
        self, int row, unsigned long long state, unsigned long long sequence, long long time
    ) except -1
    cdef bint was_missing(
        self, SeriesPointer known, unsigned long long state, unsigned long long sequence, long long time
    ) except -1
    cdef int park(self, SeriesPointer known) except -1
    cdef bint go_back(
        self, int row, Packet packet, unsigned long long state, unsigned long long sequence, bint lower
    ) except -1
    cdef int repeat(self, int row, Packet packet, unsigned long long sequence) except -1
    cdef int change(
        self, int row, Packet packet, unsigned long long state, unsigned long long sequence, int kind
    ) except -1
    cdef int keep(
        self,
        int row,
        Packet packet,
        unsigned long long state,
        unsigned long long before,
        unsigned long long sequence,
        int kind,
    ) except -1
    cdef bint leap(self, int row, Packet packet, unsigned long long sequence) except -1
    cdef bint was_a_moment_ago(
        self, SeriesPointer known, long long time, unsigned long long sequence
    ) except -1
    cdef int swap(self, int row, Packet packet, unsigned long long sequence) except -1
    cdef int wrap(self, int row, Packet packet, unsigned long long sequence) except -1
