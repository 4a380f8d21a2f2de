"""RTP and RTCP: types of payloads, kinds of packets."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("rtp", "type", "rtp.p_type", "rtcp.pt", layers=("rtp", "rtcp"), decode_as={"udp": "rtp"})
