# C types of conversations.py; CONVERSATION there is the same layout.
from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.decode.packet cimport FRAME, TCP, UDP, SCTP, Packet

cdef enum:
    # Conversation.transport: what the table is keyed by; above OTHER the IP protocol number is added
    OVER_ETHERNET = 0
    OVER_TCP = 6
    OVER_UDP = 17
    OVER_SCTP = 132
    OTHER = 256

cdef enum:
    # how the client is known, weakest first
    BY_FIRST = 0
    BY_PORT = 1
    BY_PROTOCOL = 2
    BY_SYN = 3

cdef enum:
    LEFT_OUT = 0  # the row of all conversations that found the table full
    NO_FRAMING = -1

cdef struct ConversationRow:
    unsigned long long hash
    unsigned long long client_high
    unsigned long long client_low
    unsigned long long server_high
    unsigned long long server_low
    unsigned long long client_mac
    unsigned long long server_mac
    long long first_time
    long long last_time
    long long client_first
    long long client_last
    long long server_first
    long long server_last
    long long first_frame
    long long client_packets
    long long server_packets
    long long client_bytes
    long long server_bytes
    long long connections
    long long retransmissions
    long long gaps
    long long lost_bytes
    long long skipped_bytes
    long long reset
    long long refused
    unsigned int tunnel_id
    int tunnel
    int tunnel_forward
    int transport
    int family
    int server_port
    int client_port
    int keyed_port
    int vlan
    int evidence
    int flipped
    int group
    int framing
    int tentative
    int next
    int copy_of

ctypedef ConversationRow* ConversationPointer

cdef class Conversations:
    cdef ConversationRow[::1] rows
    cdef int[::1] buckets
    cdef unsigned long long mask
    cdef readonly int size
    cdef readonly long long left_out
    cdef int provisional
    cdef long long limit
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
