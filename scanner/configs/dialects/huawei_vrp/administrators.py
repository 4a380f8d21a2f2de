"""The domain of those who manage the device, and the schemes that it names."""

from __future__ import annotations

from scanner.configs.nodes import Node, every, last


def admin_scheme(nodes: list[Node], kind: str) -> str:
    """The scheme of a kind in the domain of administrators, lower case; empty when the configuration has no domain."""
    chosen = last(nodes, "default-domain admin")
    name = chosen.after("default-domain admin")[:1] if chosen and not chosen.negated else ["default_admin"]
    domain = next(
        (n for n in reversed(every(nodes, "domain")) if n.after("domain")[:1] == name and not n.negated), None
    )
    if domain is None:
        return ""
    scheme = last(domain.children, kind)
    words = scheme.after(kind) if scheme and not scheme.negated else []
    return words[0].lower() if words else "default"
