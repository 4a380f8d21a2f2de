from __future__ import annotations

import pytest

from scanner.assets.oui import vendors


@pytest.mark.parametrize(
    ("mac", "vendor"),
    [
        ("00:1b:1b:01:02:03", "Siemens AG"),
        ("00:a0:45:01:00:21", "PHOENIX CONTACT Electronics GmbH"),
        ("f8:1d:78:30:01:02", "Shanghai Sun Telecommunication Co., Ltd."),  # 28 bits
        ("70:b3:d5:00:1a:bc", "SOREDI touch systems GmbH"),  # 36 bits
        ("02:1b:1b:01:02:03", ""),  # locally administered
        ("01:80:c2:00:00:0e", ""),  # a group address
        ("ff:ff:ff:ff:ff:ff", ""),
    ],
)
def test_longest_registered_prefix(mac: str, vendor: str) -> None:
    assert vendors([mac]) == {mac: vendor}
