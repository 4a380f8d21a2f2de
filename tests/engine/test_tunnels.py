"""Rules may name every tunnel that the capture stage peels."""

from scanner.capture.kernel.decode.packet import TUNNELS
from scanner.engine.language.vocabulary import _TUNNELS


def test_rules_know_every_tunnel():
    assert set(TUNNELS) - {""} == _TUNNELS
