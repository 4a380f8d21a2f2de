"""AAA domains: which methods a login is authenticated, authorised and accounted by."""

from __future__ import annotations

from scanner.configs.nodes import Node, last
from scanner.configs.settings import OPEN_WITHOUT_SERVER, Sheet
from scanner.configs.tree import Tree

_SCHEMES = ("radius-scheme", "hwtacacs-scheme", "ldap-scheme")


def default_domain(tree: Tree) -> str:
    """The domain of logins that name none: ``domain default enable``, else system. In lower case."""
    node = tree.last("domain default enable")
    words = node.after("domain default enable") if node and not node.negated else []
    return words[0].lower() if words else "system"


def domains(tree: Tree) -> dict[str, Node]:
    """Each domain by its name in lower case; in Comware 7 the word ``name`` may stand before it."""
    found: dict[str, Node] = {}
    for block, words in tree.given("domain"):
        words = words[1:] if words[:1] == ["name"] else words  # noqa: PLW2901
        if len(words) == 1:
            found[words[0].lower()] = block
    return found


def methods(block: Node | None, what: str) -> tuple[list[str], Node | None]:
    """The methods of a domain for logins, in order, by ``authentication login`` or else ``authentication default``."""
    for kind in ("login", "default"):
        node = last(block.children, f"{what} {kind}") if block else None
        if node and not node.negated and (words := node.after(f"{what} {kind}")):
            return [w.lower() for i, w in enumerate(words) if i == 0 or words[i - 1] not in _SCHEMES], node
    return [], None


def central(found: list[str]) -> bool:
    """A server is asked first."""
    return found[:1] != [] and found[0] in _SCHEMES


def _answer(found: list[str]) -> str:
    return "none" if found[:1] == ["none"] else OPEN_WITHOUT_SERVER if "none" in found else "aaa"


def login_answer(tree: Tree) -> str:
    """What ``authentication-mode scheme`` asks for: an account, or nobody's where the methods of the domain say so."""
    return _answer(methods(domains(tree).get(default_domain(tree)), "authentication")[0])


def open_domains(tree: Tree, sheet: Sheet) -> None:
    """Domains that a login names itself (``user@domain``) and that may let it in without asking."""
    for name, block in domains(tree).items():
        found, node = methods(block, "authentication")
        state = last(block.children, "state block")
        if name != default_domain(tree) and _answer(found) != "aaa" and not (state and not state.negated):
            sheet.put("line", f"domain {name}", "authentication", _answer(found), node)
