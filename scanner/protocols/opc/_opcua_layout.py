"""Where the fields of OPC UA messages stand, for the kernel and for reading.

Written from OPC 10000-6, 6.7.2 (message header, security headers, sequence header) and 7.1.2 (connection protocol), and
OPC 10000-4, 7.33 and 7.34 (RequestHeader, ResponseHeader).
"""

from __future__ import annotations

# The header of every message, and where what follows begins.
MESSAGE_TYPE, CHUNK_TYPE, MESSAGE_SIZE, BODY = 0, 3, 4, 8
HELLO_NUMBERS = 20  # of Hello and Acknowledge: protocol version, buffers, sizes

# MSG and CLO: channel (4), token, sequence number, request identifier, then the type identifier of what is asked.
REQUEST_ID, TYPE = 20, 24
HEADER = 28  # RequestHeader or ResponseHeader behind a type identifier of four bytes
LONG = 31  # the same behind a type identifier of seven bytes

# OPN: the security policy, the sender's certificate, the receiver's thumbprint, the sequence header.
POLICY_LENGTH, POLICY = 12, 16
NONE = "http://opcfoundation.org/UA/SecurityPolicy#None"
NONE_NAME = POLICY + len(NONE) - len("None")
NONE_CERTIFICATE = POLICY + len(NONE)  # both null on a channel without security, four bytes each
NONE_SEQUENCE = NONE_CERTIFICATE + 8
NONE_REQUEST_ID, NONE_TYPE = NONE_SEQUENCE + 4, NONE_SEQUENCE + 8
NONE_HEADER = NONE_TYPE + 4

# ResponseHeader: time (8) and request handle (4) before.
SERVICE_RESULT, DIAGNOSTICS, STRING_TABLE, ADDITIONAL, RESPONSE_HEADER = 12, 16, 17, 21, 24
RESULT = HEADER + SERVICE_RESULT
RESULTS = HEADER + RESPONSE_HEADER  # the count of results behind a ResponseHeader without diagnostics
FIRST_RESULT = RESULTS + 4

# RequestHeader behind the authentication token: time (8), request handle (4), wanted diagnostics (4) before.
AUDIT_ENTRY, REQUEST_ADDITIONAL, REQUEST_HEADER = 16, 24, 27

# OpenSecureChannelRequest behind its header: protocol version (4), issue or renew (4) before.
SECURITY_MODE = 8

NULL = b"\xff" * 4  # the length of a ByteString, String or array that is not there
NOTHING_ADDITIONAL = bytes(3)  # an ExtensionObject without type and body
NULL_TOKEN = 2  # bytes of a NodeId that is zero in its two-byte encoding
NODE_ID_2, NODE_ID_4, NODE_ID_7 = 0, 1, 2  # encodings of a numeric NodeId, by the bytes that it takes
STRING_ID, GUID_ID, OPAQUE_ID = 3, 4, 5
