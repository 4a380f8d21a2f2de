# C types of activity.py; STRETCH and TRACK there are the same layout.
cdef struct Stretch:
    unsigned int start
    unsigned int end
    unsigned int client
    unsigned int server
    unsigned int opened
    unsigned int client_peak
    unsigned int server_peak
    unsigned int opened_peak
    unsigned int client_minute
    unsigned int server_minute
    unsigned int opened_minute
    unsigned int client_head
    unsigned int server_head
    unsigned int opened_head
    unsigned int client_tail
    unsigned int server_tail
    unsigned int opened_tail

cdef struct Track:
    long long until
    unsigned int now_client
    unsigned int now_server
    unsigned int now_opened
    Stretch front
    int at
    int size
    int room
    unsigned long long client_kinds
    unsigned long long server_kinds

ctypedef Stretch* StretchPointer
ctypedef Track* TrackPointer

cdef class Activity:
    cdef Track[::1] tracks
    cdef Stretch[::1] pool
    cdef int used
    cdef int limit
    cdef readonly long long coarse

    cdef int beat(self, int conversation, long long time, bint from_client) except -1
    cdef int opened(self, int conversation, long long time) except -1
    cdef int tick(self, int conversation, long long time) except -1
    cdef int fold(self, int conversation) except -1
    cdef int turn(self, int conversation) except -1
    cdef int widen(self, int conversation) except -1
    cdef int merge(self, int conversation) except -1
    cdef int icmp(self, int conversation, int version, int kind, bint from_client) except -1

cdef long long uncertain(Stretch* one) noexcept
cdef long long loss(Stretch* one, Stretch* two) noexcept
cdef int join(Stretch* one, Stretch* two) noexcept
