"""What a JSON Schema cannot say of the entries that tell what may leave the plant."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from scanner.addresses import looks_like_ip
from scanner.errors import Problem, WrongText
from scanner.nearest import closest
from scanner.policy.forms import amount, canonical_member
from scanner.policy.walk import Path, items, known_service, known_zone, texts, unique_ids, wrong
from scanner.providers import provider_names
from scanner.wording import said
from scanner.yaml_positions import Document


def export_problems(document: Document, protocol_names: Collection[str]) -> Iterator[Problem]:
    """Every mistake under ``export`` that is not one of shape."""
    yield from unique_ids(document, "export", said("export entry"))
    for i, entry in items(document, "export"):
        at: Path = ("export", i)
        for path, zone in texts((*at, "zones"), entry.get("zones")):
            yield from known_zone(document, path, zone)
        for path, text in texts((*at, "destinations"), entry.get("destinations")):
            yield from _destination(document, path, str(text))
        for path, text in texts((*at, "providers"), entry.get("providers")):
            if text not in provider_names():
                remedy = closest(str(text), provider_names()) or said("or give its networks under destinations")
                yield document.problem(path, said("unknown provider '{provider}'", provider=text), remedy)
        for path, text in texts((*at, "protocols"), entry.get("protocols")):
            yield from known_service(document, path, text, protocol_names)
        most = entry.get("per_day")
        if isinstance(most, str | int) and not isinstance(most, bool):
            try:
                amount(most)
            except WrongText as error:
                yield wrong(document, (*at, "per_day"), error)


def _destination(document: Document, path: Path, text: str) -> Iterator[Problem]:
    """A destination is a zone or an address; a name that somebody asks for proves nothing."""
    if not looks_like_ip(text):
        yield from known_zone(document, path, text)
        return
    try:
        canonical_member(text)
    except WrongText as error:
        yield wrong(document, path, error)
