from scanner.capture.kernel.track.activity cimport Activity
from scanner.capture.kernel.track.connections cimport Connections
from scanner.capture.kernel.track.conversations cimport Conversations, is_group, to_all, transport_of
from scanner.capture.kernel.messages.copies cimport Copies
from scanner.capture.kernel.messages.datagrams cimport Datagrams
from scanner.capture.kernel.messages.sctp_chunks cimport Chunks
from scanner.capture.kernel.messages.segmentation cimport Segmentation
from scanner.capture.kernel.messages.matcher cimport Matcher
from scanner.capture.kernel.messages.dispatch cimport Dispatch
from scanner.capture.kernel.messages.handles cimport Handles
from scanner.capture.kernel.track.hosts cimport Hosts
from scanner.capture.kernel.decode.layers cimport Decoder
from scanner.capture.kernel.messages.distinct cimport DistinctMessages
from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.pairing cimport Pairing
from scanner.capture.kernel.track.presence cimport PresenceTable
from scanner.capture.kernel.messages.recognition cimport Recognition
from scanner.capture.kernel.messages.series cimport Series
from scanner.capture.kernel.record_index cimport Index
from scanner.capture.kernel.messages.senders cimport Senders, stamp_of
from scanner.capture.kernel.messages.rhythms cimport Rhythms
from scanner.capture.kernel.track.sights cimport Sights
from scanner.capture.kernel.messages.tcp_reassembly cimport Streams
from scanner.capture.kernel.track.tunnel_table cimport Carriers
from scanner.capture.kernel.messages.websockets cimport WebSockets

cdef class Flows:
    cdef readonly Matcher matcher
    cdef readonly Conversations conversations
    cdef readonly PresenceTable presence
    cdef readonly Connections connections
    cdef readonly Activity activity
    cdef readonly Series series
    cdef readonly DistinctMessages messages
    cdef readonly Pairing pairing
    cdef readonly Hosts hosts
    cdef readonly Carriers carriers
    cdef readonly Recognition recognition
    cdef readonly Handles handles
    cdef readonly Dispatch dialogue
    cdef readonly Senders senders
    cdef readonly Sights sights
    cdef readonly Rhythms rhythms
    cdef readonly Segmentation cutting
    cdef Datagrams datagrams
    cdef readonly Chunks chunks
    cdef readonly WebSockets websockets
    cdef readonly Streams streams
    cdef readonly Copies copies
    cdef readonly object quotes
    cdef readonly object exchanges

    cdef int packet(self, Packet packet) except -1
    cdef int take(self, Packet packet, int c, int told, int transport, int side, int tunnel) except -1
    cdef int try_again(self, Packet packet, int c, int transport, int side, int tunnel) except -1
    cdef bint answered(self, Packet packet, int c, int transport, int side) except -1
    cdef int pass_by(self, Packet packet, int c, int transport, int side, int tunnel) except -1
    cdef int on_trial(self, Packet packet, int c, int told, int transport, int side, int tunnel) except -1
    cdef int sight_among_many(self, Packet packet, int c, int side, int tunnel) except -1
    cdef int enter(self, Packet packet, int c, int transport, int side, int tunnel, int verdict) except -1
    cdef int quotation(self, Packet packet) except -1
    cdef int exchange(self, Packet packet) except -1
    cdef int close(self, int c, Packet packet, int transport, int tunnel) except -2
    cdef int end(self, int c) except -1
    cdef int sight(self, Packet packet, int c, int side, int tunnel) except -1
    cdef int tally(self, Packet packet, int c, int conversation, int side, int tunnel) except -1
    cdef int hopped(self, Packet packet, int c, int conversation, int side, bint from_client) except -1
    cdef int sent(self, Packet packet, int c, int conversation, int side, bint from_client) except -1
    cdef int open(self, Packet packet, int transport, int side, int tunnel) except -1
    cdef int oriented(self, Packet packet, int transport, int tunnel) except -1
    cdef int by_ports(self, Packet packet, int transport, int tunnel) except -1
