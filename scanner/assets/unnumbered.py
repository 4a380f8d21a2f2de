"""Cells for an IP address that say why none is listed: a DHCP server gives it, or the device has no network."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 60  # characters of such a cell
# How an address is given; people write it in place of the address, or beside it.
_GIVEN = frozenset(
    "dhcp dhcpv bootp slaac dcp apipa dyn dynamic dynamically dynamisch dynamique dinámico dinámica dinamico dinamica"
    " dinâmico auto automatic automatically automatisch automatique automático automatica automatico static statisch"
    " statique estático estática statico fixed fest fixe fijo fija lease leased reservation"
    " 自动 自动获取 自动分配 动态 动态获取 动态分配 静态 固定 動的 自動 自動取得 静的".split()
)
_WITHOUT = frozenset(
    "no not none without kein keine keinen nicht ohne sans pas aucun aucune sin ningún ninguna senza nessun nessuno"
    " offline standalone isolated airgapped unaddressed unnetworked 无 没有 未 未联网 未设置 未配置 未分配 离线 单机 なし".split()
)
_LINES = frozenset(
    "rs serial seriell série serie rtu profibus can canopen canbus hart asi link usb hardwired wired analog analogue"
    " ma 串口 串行 串行口 硬接线 シリアル".split()
)
_BESIDE = frozenset(
    "ip ipv tcp addr addr. address addresse adresse dirección direccion indirizzo assigned configured connected connection"
    " vergeben vorhanden applicable available needed networked network netzwerk netz netzwerkanschluss ethernet lan réseau"
    " red rete d de by via from per over über ueber durch mit par por da only nur line port interface bus modbus dp pa as i"
    " io hard stand alone air gapped off and und or oder client server the a 4 6 20 232 422 485 地址 网络 联网 通过 由".split()
)
_WORD = re.compile(r"\d+|[a-zà-ÿ]+|[^\W\d_a-zà-ÿ]+")


def is_how_given(word: str) -> bool:
    """Whether the word beside an address says how the device came by it."""
    return word.casefold() in _GIVEN


def has_none(text: str) -> bool:
    """Whether all words of a cell say that no address can be listed."""
    if len(text) > _LONGEST:
        return False
    words = set(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
    telling = _GIVEN | _WITHOUT | _LINES
    return not words.isdisjoint(telling | {"alone", "gapped"}) and words <= telling | _BESIDE
