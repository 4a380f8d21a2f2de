"""Rules may name every tunnel that the capture stage peels."""

from scanner.capture.kernel.packet import TUNNELS
from scanner.engine.vocabulary import _TUNNELS


def test_rules_know_every_tunnel():
    assert set(TUNNELS) - {""} == _TUNNELS
