from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.decode.packet cimport Packet

cdef class Conversations:
    cdef ConversationRow[::1] rows
    cdef int[::1] buckets
    cdef unsigned long long mask
    cdef readonly int size
    cdef public long long left_out
    cdef int provisional
    cdef long long limit
    cdef readonly long long plenty
    cdef readonly long long ample
    cdef int trial
    cdef bint answered
    cdef ConversationRow[::1] blank
    cdef unsigned long long secret
    cdef unsigned long long seed
    cdef unsigned long long client_high
    cdef unsigned long long client_low
    cdef unsigned long long server_high
    cdef unsigned long long server_low
    cdef int client_port
    cdef int server_port

    cdef int open(
        self, Packet packet, int transport, bint from_client, int evidence, int tunnel, bint tunnel_forward
    ) except -1
    cdef int give_back(self) except -1
    cdef int orient(self, Packet packet, int transport, bint from_client) except -1
    cdef bint equal(self, int row, int transport, int family, int vlan, int tunnel, int keyed_port) except -1
    cdef int add(
        self,
        unsigned long long digest,
        Packet packet,
        int transport,
        int keyed_port,
        int evidence,
        int tunnel,
        bint tunnel_forward,
    ) except -1

cdef int transport_of(Packet packet) noexcept
cdef bint is_group(int transport, int family, unsigned long long high, unsigned long long low) noexcept
cdef bint to_all(Packet packet, int transport) noexcept
