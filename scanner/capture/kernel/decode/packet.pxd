cdef class Packet:
    cdef const unsigned char[::1] buffer
    # record
    cdef readonly long long frame
    cdef readonly long long time
    cdef readonly Py_ssize_t captured
    cdef readonly Py_ssize_t wire
    cdef readonly int linktype
    # what was found
    cdef readonly int kind
    # layer 2
    cdef readonly bint has_macs
    cdef readonly unsigned long long source_mac
    cdef readonly unsigned long long target_mac
    cdef readonly int vlan
    cdef readonly int ethertype
    cdef readonly bint returned
    # outermost tunnel
    cdef readonly int tunnel
    cdef readonly unsigned int tunnel_id
    cdef readonly int tunnel_way
    cdef readonly int tunnel_family
    cdef readonly unsigned long long tunnel_source_high
    cdef readonly unsigned long long tunnel_source_low
    cdef readonly unsigned long long tunnel_target_high
    cdef readonly unsigned long long tunnel_target_low
    cdef readonly unsigned long long tunnel_source_mac
    # tunnels in it
    cdef readonly int nested
    cdef unsigned long long[:, ::1] inner
    # network
    cdef readonly int family
    cdef readonly unsigned long long source_high
    cdef readonly unsigned long long source_low
    cdef readonly unsigned long long target_high
    cdef readonly unsigned long long target_low
    cdef readonly int protocol
    cdef readonly int identifier
    cdef readonly int hops
    # transport
    cdef readonly int source_port
    cdef readonly int target_port
    cdef readonly unsigned int sequence
    cdef readonly unsigned int acknowledgement
    cdef readonly int flags
    cdef readonly int checksum
    cdef readonly int signature
    # payload: buffer[at:end], length on the wire wire_end - at
    cdef readonly Py_ssize_t at
    cdef readonly Py_ssize_t end
    cdef readonly Py_ssize_t wire_end
    # sender binding
    cdef readonly int binding
    cdef readonly unsigned long long binding_mac
    cdef readonly unsigned long long binding_high
    cdef readonly unsigned long long binding_low
    # verdict
    cdef readonly int trouble
    cdef readonly int category
    cdef readonly int number
    # of an IP fragment
    cdef int fragment_offset
    cdef bint fragment_more
    cdef long long fragment_identifier
    cdef bint reassembled
    cdef readonly unsigned int chunk
    # further payloads of the same frame
    cdef readonly bint more
    cdef int resume_layer
    cdef Py_ssize_t resume_at
    cdef Py_ssize_t resume_end
    cdef Py_ssize_t resume_wire_end
    cdef bint resume_reassembled
    cdef int resume_nested
    cdef int resume_tunnel

    cdef int u8(self, Py_ssize_t at) except -1 nogil
    cdef int u16(self, Py_ssize_t at) except -1 nogil
    cdef long long u32(self, Py_ssize_t at) except -1 nogil
    cdef long long u48(self, Py_ssize_t at) except -1 nogil
    cdef unsigned long long u64(self, Py_ssize_t at) except? 0xFFFFFFFFFFFFFFFF nogil
    cdef int u16le(self, Py_ssize_t at) except -1 nogil
    cdef long long u32le(self, Py_ssize_t at) except -1 nogil
    cdef bint lacks(self, Py_ssize_t need) except -1 nogil
    cdef bint outside(self) except -1 nogil
    cdef int malformed(self) except -2 nogil
    cdef int unknown(self, int category, int number) except -2 nogil
    cdef int enter_tunnel(self, int tunnel, unsigned int identifier) except -1 nogil
    cdef int nest(self, int tunnel, unsigned int identifier) except -1 nogil
    cdef bint of_the_same_ends(self) except -1 nogil
    cdef int shorten(self, Py_ssize_t length) except -1 nogil
    cdef int cut_tail(self, Py_ssize_t length) except -1 nogil
    cdef int resume_with(self, int layer, Py_ssize_t at) except -1 nogil
    cdef int bind(self, int family, long long mac, unsigned long long high, unsigned long long low) except -1 nogil
