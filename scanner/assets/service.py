"""Whether a device is in service, by what an inventory says of its state or of its life cycle.

People write "Installed", "In Stock", "Retired" (ServiceNow), "active", "decommissioning", "inventory" (NetBox),
"Reserve", "außer Betrieb", "en stock", 在用, 备件, 报废. What else stands in such a column (online, OK) tells nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

IN_SERVICE, SPARE, OUT_OF_SERVICE = "in service", "spare", "out of service"
_LONGEST = 300  # characters of a cell that are looked at

_OUT = re.compile(
    r"\b(retired|decommissioned|scrapped|disposed( of)?|dismantled|removed|withdrawn|uninstalled|stolen|lost"
    r"|out of (service|use|operation)|taken out|no longer (in )?use\w*|not in (use|service|operation)|unused"
    r"|eingelagert|ausser betrieb|außer betrieb|stillgelegt|verschrottet|ausgemustert|ausgebaut|entsorgt|abgebaut"
    r"|hors service|hors d'usage|réformée?|retirée?|mis(e)? au rebut|démontée?|inutilisée?"
    r"|fuera de (servicio|uso)|dad[oa] de baja|de baja|retirad[oa]|desmontad[oa]|desechad[oa]"
    r"|fuori servizio|dismess[oa]|ritirat[oa]|rottamat[oa]|wycofan[ey]|списан[оа]?|выведен[оа]? из эксплуатации)\b"
    r"|不在用|未使用|退役|报废|停用|拆除|下线|封存|闲置|废弃|廃棄|撤去|除却|使用停止|使用終了|폐기"
)
_SPARE = re.compile(
    r"\b(spare(?! parts? only)( parts?)?|cold[ -]?spare|in (storage|stock|store|warehouse)|stored|inventory|stock"
    r"|planned(?!\s+\w)|ordered|on order|staged|staging|pending (install\w*|delivery)"
    r"|not (yet )?(installed|commissioned|delivered)|reserved|reserviert|réservée?|reservad[oa]|riservat[oa]"
    r"|ersatz(teil|gerät|geraet)?|auf lager|im lager|lagernd|geplant|bestellt|noch nicht (eingebaut|installiert)"
    r"|de rechange|pièce de rechange|en (stock|réserve)|prévue?|commandée?"
    r"|repuesto|en almacén|en reserva|previst[oa]|pedid[oa]|ricambio|a magazzino|scorta|в запасе|запасн\w+)\b"
    r"|备件|预留|予約|예약|库存|在库|仓库|未安装|未投用|待安装|计划采购|予備品|在庫|未設置|예비"
)
_IN = re.compile(
    r"\b(in (service|use|operation|production)|installed|deployed|active|operational|operating|live|commissioned"
    r"|in betrieb|aktiv|eingebaut|installiert|en service|installée?|en servicio|instalad[oa]|en uso|in servizio"
    r"|installat[oa]|в эксплуатации|в работе)\b"
    r"|在用|使用中|运行中|投运|在役|在线运行|稼働中|稼動中|使用中|運用中|사용"
)
# What is to come, or not so, leaves the device where it is.
_COMING = re.compile(
    r"\b(to be|will be|until|due|scheduled|planned (for )?(retire|decommission|removal)\w*"
    r"|not (yet )?(retired|decommissioned|scrapped|removed)"
    r"|decommissioning|wird|werden|bis|nicht (stillgelegt|verschrottet)|à (retirer|remplacer))\b"
    r"|计划(退役|报废|停用|拆除|下线)|拟(退役|报废|停用|拆除)|未(退役|报废|停用|拆除|下线)|待(退役|报废|拆除)|予定"
)


@lru_cache(maxsize=65_536)
def service(text: str) -> str:
    """``in service``, ``spare`` (not yet or not now installed), ``out of service``; empty: it does not say."""
    words = " ".join(unicodedata.normalize("NFKC", text[:_LONGEST]).casefold().split())
    if not words or _COMING.search(words):
        return ""
    found = []
    for what, said in ((OUT_OF_SERVICE, _OUT), (SPARE, _SPARE), (IN_SERVICE, _IN)):
        words, times = said.subn(" ", words)  # "not in use" is not "in use"
        found += [what] * (times > 0)
    return OUT_OF_SERVICE if found == [OUT_OF_SERVICE, SPARE] else found[0] if len(found) == 1 else ""
