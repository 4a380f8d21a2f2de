"""Whether what the fields of a form log in with is a known default: those of a page, of JSON, of XML, of a query.

Fields are told by their names in the languages that devices are sold in. What shall be the password from now on is none
that logs in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanner.protocols.common import default_log_ins
from scanner.protocols.http._bodies import is_password, leaf
from scanner.wording import Said, said

DEFAULT = said("known default password in a form")
OTHER = said("the password in a form is no known default")
UNTOLD = said("password in a form not compared")
_USER = re.compile(
    r"(?i)user|usr|uname|log[-_]?(?:in|on)|account|(?:^|[_.-])(?:name|uid|id|u)$|operator|benutzer|nutzername|usuario|utilisateur"
    r"|utente|identifiant|mail|u(?:z|ż)ytkownik|u(?:z|ž)ivatel|gebruiker|bruger|anv(?:a|ä)ndar|kullanici|имя|логин|用户|账号|ユーザ"
)
_LATER = re.compile(r"(?i)new|confirm|repeat|again|retype|re[-_]?enter|verif|neu|wiederhol|nouv|nuev|nuov|confer|\d$")


def compared(fields: Iterable[tuple[str, str]], *, read: bool) -> Said | str:
    """What is told of the password among these fields; nothing where there is none. read: these are all."""
    named = [(leaf(name), value) for name, value in fields]
    secrets = [(name, value) for name, value in named if is_password(name)]
    if not secrets:
        return ""
    sent = {value.encode(errors="replace") for name, value in secrets if not _LATER.search(name)}
    if not read or len(sent) != 1 or not all(sent):
        return UNTOLD
    users = {value for name, value in named if value and _USER.search(name) and not is_password(name)}
    found = default_log_ins.of_disguised({user.encode(errors="replace") for user in users}, sent.pop())
    return DEFAULT if found == default_log_ins.DEFAULT else OTHER if found else UNTOLD
