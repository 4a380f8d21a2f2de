# C types of descriptors.py. The structs equal the record layouts of scanner.framing.plan, field by field.
from scanner.capture.kernel.decode.packet cimport Packet

cdef extern from *:
    """
    #include <string.h>
    /* Eight bytes as a little-endian number, wherever they lie. */
    static inline unsigned long long otaudit_load(const unsigned char *bytes) {
        unsigned long long word;
        memcpy(&word, bytes, 8);
    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
    #endif
        return word;
    }
    static inline Py_ssize_t otaudit_find(const unsigned char *bytes, Py_ssize_t size, int value) {
        const unsigned char *found = (const unsigned char *) memchr(bytes, value, (size_t) size);
        return found ? found - bytes : -1;
    }
    #define OTAUDIT_MOST_NUMBER 0x3FFFFFFFFFFFFFFFULL
    #define OTAUDIT_MOST_LIFETIME 0xFFFFFFFFULL
    """
    unsigned long long MOST_NUMBER "OTAUDIT_MOST_NUMBER"  # what is beyond is taken for it, so that sums have room
    unsigned long long MOST_LIFETIME "OTAUDIT_MOST_LIFETIME"  # ms
    unsigned long long otaudit_load(const unsigned char *bytes) noexcept nogil
    Py_ssize_t otaudit_find(const unsigned char *bytes, Py_ssize_t size, int value) noexcept nogil

cdef enum:
    LENGTH = 0
    VARINT = 1
    BLOCKS = 2
    LINE = 3
    HEADER_BLOCK = 4
    WHOLE = 5
    FT12 = 6

cdef enum:  # first octets of FT 1.2, and the last
    VARIABLE = 0x68
    FIXED = 0x10
    SINGLE = 0xE5
    END = 0x16

cdef enum:
    TO_MESSAGE_END = 0
    AT_OFFSET = 1
    ELEMENTS = 3
    CHAIN = 4
    BEHIND = 5
    DIRECTORY = 6
    PROTOBUF = 7
    TRANSDUCER = 8
    MASKED = 9

cdef enum:  # in the place of a test's mask
    SIZE = -1
    RESIDUE = -2
    SENDER = -3

cdef enum:  # what the number of an element is to its message
    SMALL = 1
    STATE = 2
    SEQUENCE = 4
    LIFETIME = 8
    NUMBERS = 14  # of its numbering

cdef enum:
    OUT_OF_STEP = -1
    NEED_MORE = 0

cdef enum:
    UNPREPARED = -2147483648
    LEAVES = -1048576
    TOO_SHORT = 256
    KEY_ROOM = 65536
    LONGEST_WHOLE = 262144  # bytes that a joined message may announce
    LONGEST_GROWN = 2048  # bytes of a message that takes segments whole and came in several
    MOST_ELEMENTS = 64
    MOST_RECORDS = 256
    STEPS = 256  # of a state of a transducer, behind which stands what it waits for
    LF = 10
    CR = 13
    DIGITS = 2  # compile.DIGITS
    NO_BODY = -1  # a header block names no length of a body
    CHUNKS = -2  # its body comes in chunks
    DOUBTFUL_BODY = -3  # it names two
    MOST_DIGITS = 12

cdef struct FramingRow:
    int kind
    int at
    int width
    int add
    int little
    long long mask
    long long minimum
    long long maximum
    int more_at
    int more_mask
    int more_if_at
    int more_if_mask
    int fresh_at
    int fresh_mask
    int header
    int whole_at
    int whole_width
    int whole_add
    int head
    int overhead
    int block
    int crc
    int first_token
    int last_token
    int first_test
    int last_test
    int first_rest  # the tests that ``word`` does not stand for
    int last_rest
    int first_unless
    int last_unless
    int reach  # bytes that must be visible for ``word`` to be compared
    unsigned long long word_mask
    unsigned long long word
    int probe
    int keep
    int root
    int first_case
    int confirmations
    int by_requester
    int strong
    int then
    int answers
    int grows

ctypedef FramingRow* FramingPointer

cdef struct TestRow:
    int at
    int mask
    long long low
    long long high

ctypedef TestRow* TestPointer

cdef struct CaseRow:
    int protocol
    int first_range
    int last_range
    int first_pair
    int last_pair
    int role
    int keep
    int with_length
    int in_order

ctypedef CaseRow* CasePointer

cdef struct RangeRow:
    int start
    int ends
    int end
    int at
    int width
    int add
    int little
    int stride
    int span
    int fixed  # bytes, when they lie at one place and in one word

ctypedef RangeRow* RangePointer

cdef struct ChainRow:
    int mask
    int more_at
    int more_mask
    int first_pick
    int last_pick

ctypedef ChainRow* ChainPointer

cdef struct PickRow:
    int first_test
    int last_test
    int first_range
    int last_range

ctypedef PickRow* PickPointer

cdef struct SpanRow:
    int first
    int last

cdef struct LeafRow:
    int case
    int first_test
    int last_test

ctypedef LeafRow* LeafPointer

cdef class Descriptors:
    cdef object plan
    cdef FramingRow[::1] framings
    cdef TestRow[::1] tests
    cdef const unsigned char[::1] masks
    cdef CaseRow[::1] cases
    cdef RangeRow[::1] ranges
    cdef ChainRow[::1] chains
    cdef PickRow[::1] picks
    cdef unsigned short[::1] steps
    cdef int[::1] tree
    cdef SpanRow[::1] leaves
    cdef LeafRow[::1] leaf_cases
    cdef SpanRow[::1] tokens
    cdef const unsigned char[::1] token_bytes
    cdef const unsigned char[::1] names_of_bodies
    cdef unsigned long long[::1] out
    cdef readonly int framing_count
    cdef bint from_client  # whether the client sent the message that cases are tried on
    # the BER element or Protocol Buffers field found last: where its content begins, and where the next one does
    cdef Py_ssize_t content
    cdef Py_ssize_t after
    cdef Py_ssize_t tag_end
    cdef int number_found  # of the field
    # the numbering of the message whose key was gathered last, which of it is there (STATE, SEQUENCE, LIFETIME), and
    # how many bytes of the key are ahead of its first number; -1 without one
    cdef unsigned long long state
    cdef unsigned long long sequence
    cdef unsigned long long lifetime  # ms
    cdef int numbers
    cdef Py_ssize_t ahead

    cdef int prepare(self, int framing) except -1
    cdef int expand(self, int leaf) except -1 with gil
    cdef bint in_sync(
        self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total
    ) except -1 nogil
    cdef bint gives_way(
        self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t visible
    ) except -1 nogil
    cdef Py_ssize_t cut(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
    cdef Py_ssize_t cut_datagram(
        self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t captured, Py_ssize_t wire
    ) except -2 nogil
    cdef bint holds(
        self, int first, int last, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total
    ) except -1 nogil
    cdef int residue(self, Packet packet, Py_ssize_t start, Py_ssize_t size, long long begun) except -1 nogil
    cdef bint may_grow(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -1
    cdef bint may_hold(self, int first, int last, Packet packet, Py_ssize_t start, Py_ssize_t available) except -1 nogil
    cdef Py_ssize_t total(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
    cdef Py_ssize_t ft12(self, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
    cdef Py_ssize_t line(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
    cdef Py_ssize_t header_block(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
    cdef Py_ssize_t body(self, Packet packet, Py_ssize_t line, Py_ssize_t end, Py_ssize_t found) except -4 nogil
    cdef bint names(self, Packet packet, Py_ssize_t line, Py_ssize_t end, bint coding) except -1 nogil
    cdef Py_ssize_t chunks(
        self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t at, Py_ssize_t available
    ) except -2 nogil
    cdef int digit(self, Packet packet, Py_ssize_t at) except -2 nogil
    cdef int answers(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
    cdef int token(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
    cdef bint continues(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t visible) except -1 nogil
    cdef bint begins(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t visible) except -1 nogil
    cdef Py_ssize_t whole(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t visible) except -1 nogil
    cdef int classify(
        self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total
    ) except -1 nogil
    cdef Py_ssize_t collect(
        self, int first, int last, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total
    ) except -1 nogil
    cdef Py_ssize_t elements(self, int r, Packet packet, Py_ssize_t start, Py_ssize_t end, Py_ssize_t n) except -1 nogil
    cdef bint element(self, Packet packet, Py_ssize_t start, Py_ssize_t at, Py_ssize_t end) except -1 nogil
    cdef Py_ssize_t chain(self, int r, Packet packet, Py_ssize_t start, Py_ssize_t visible, Py_ssize_t n) except -1 nogil
    cdef Py_ssize_t record(
        self, ChainPointer chained, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total, Py_ssize_t n
    ) except -1 nogil
    cdef Py_ssize_t directory(
        self, int r, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total, Py_ssize_t n
    ) except -1 nogil
    cdef Py_ssize_t protobuf(
        self, int r, Packet packet, Py_ssize_t start, Py_ssize_t visible, Py_ssize_t n
    ) except -1 nogil
    cdef bint field(self, Packet packet, Py_ssize_t start, Py_ssize_t at, Py_ssize_t end) except -1 nogil
    cdef Py_ssize_t varint(self, Packet packet, Py_ssize_t start, Py_ssize_t at, Py_ssize_t end) except -2 nogil
    cdef Py_ssize_t transducer(
        self, int r, Packet packet, Py_ssize_t start, Py_ssize_t visible, Py_ssize_t n
    ) except -1 nogil
    cdef Py_ssize_t gather(
        self, int first, int last, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total, Py_ssize_t n
    ) except -1 nogil
    cdef Py_ssize_t behind(
        self, int r, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total, Py_ssize_t n
    ) except -1 nogil
    cdef Py_ssize_t put(self, Packet packet, Py_ssize_t at, Py_ssize_t size, Py_ssize_t n) except -1 nogil
    cdef Py_ssize_t note(
        self, int kind, Packet packet, Py_ssize_t start, Py_ssize_t at, Py_ssize_t end, Py_ssize_t n
    ) except -1 nogil
    cdef Py_ssize_t range_end(
        self, int r, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total
    ) except -1 nogil
    cdef unsigned long long last_bytes(
        self, Packet packet, Py_ssize_t at, Py_ssize_t size
    ) except? 0xFFFFFFFFFFFFFFFF nogil
    cdef Py_ssize_t find_line_feed(self, Packet packet, Py_ssize_t start, Py_ssize_t end) except -2 nogil
    cdef Py_ssize_t key(
        self, int case, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total
    ) except -1 nogil
    cdef Py_ssize_t number(
        self, Packet packet, Py_ssize_t at, int width, int little
    ) except -1 nogil
