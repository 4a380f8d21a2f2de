"""What otaudit says, as Babel finds it in the code and in the labels of reports.

``python -m tests.wording.extraction`` gives every catalogue what is new and takes what nothing says any more; with a
LANGUAGE it begins one.
"""

from __future__ import annotations

import ast
import functools
import json
import re
import string
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from scanner.cli._click_words import SENTENCES, id_in_catalogue
from scanner.cli._help import paragraphs

WORDS = Path("reports/words")
_SKELETONS = Path("scanner/cli/_templates")  # whose sentences a new plug-in brings
SCHEMAS = (
    "scanner/answers/answers.schema.json",
    "scanner/policy/policy.schema.json",
)  # whose violations are told in words
KEYWORDS: dict[str, Any] = {"said": None, "Malformed": None, "Plural": (1, 2)}
_OF_CLICK = ("scanner/cli/_click_words.py", None)
_FORMAT = re.compile(r"\{(\w+)[:!][^{}]*\}")
_ONE = "_one"  # ends the key of the English singular
Text = str | tuple[str, ...]


def sentences(
    source: IO[bytes], keywords: Collection[str], comments: Collection[str], options: dict[str, str]
) -> Iterator[tuple[int, str, Text, list[str]]]:
    """An extraction method for Babel: literals given to the keywords, also where a condition chooses among them."""
    del comments, options
    tree = ast.parse(source.read())
    yield from ((line, "said", text, []) for line, text in _helps(tree))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in keywords and call.args:
            if KEYWORDS[call.func.id] is None:
                yield from ((call.lineno, "said", text, []) for text in _literals(call.args[0]))
            else:
                both = tuple(text for argument in call.args[:2] for text in _literals(argument))
                yield call.lineno, call.func.id, both, []


def _helps(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Of options, and of commands paragraph by paragraph."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from ((node.lineno, t) for k in node.keywords if k.arg == "help" for t in _literals(k.value))
        elif isinstance(node, ast.FunctionDef) and any(_makes_a_command(each) for each in node.decorator_list):
            yield from ((node.lineno, paragraph) for paragraph, _ in paragraphs(ast.get_docstring(node) or ""))


def _makes_a_command(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in {"command", "group"}
    )


def _literals(expression: ast.expr) -> Iterator[str]:
    if isinstance(expression, ast.IfExp):
        yield from _literals(expression.body)
        yield from _literals(expression.orelse)
    elif isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        text = _without_formats(expression.value)
        if re.search("[A-Za-z]", re.sub(r"\{\w+\}", "", text)):
            yield text


def _without_formats(text: str) -> str:
    """``{n:,}`` as ``{n}``: how a number is written is not for translators; doubled braces are such."""
    return _FORMAT.sub(r"{\1}", text).replace("{{", "{").replace("}}", "}")


@functools.cache
def extracted() -> Catalog:
    """The template from which catalogues are made: labels with their keys as contexts, then sentences of the code."""
    made = Catalog(project="otaudit", charset="utf-8")
    for key, text in _labels():
        made.add(text, context=key)
    found = extract_from_dir(
        ".", [("scanner/**.py", sentences)], keywords=KEYWORDS, directory_filter=_is_source, strip_comment_tags=False
    )
    for file, _, text, _, _ in sorted(found, key=lambda each: each[:2]):
        made.add(text, locations=[(file, None)])
    for path in sorted(_SKELETONS.rglob("*.py.in")):
        code = string.Template(path.read_text(encoding="utf-8")).safe_substitute(defaultdict(lambda: "x"))
        for _, _, text, _ in sentences(BytesIO(code.encode()), KEYWORDS, (), {}):
            made.add(text, locations=[(path.as_posix(), None)])
    for each in SENTENCES:
        ids = id_in_catalogue(each) if isinstance(each, str) else tuple(map(id_in_catalogue, each))
        made.add(ids, locations=[_OF_CLICK])
    for file in SCHEMAS:
        for text in _descriptions(json.loads(Path(file).read_text(encoding="utf-8"))):
            made.add(text, locations=[(file, None)])
    return made


def _descriptions(schema: Any) -> Iterator[str]:
    """What a schema says is expected, which stands in problems."""
    if isinstance(schema, dict):
        if isinstance(schema.get("description"), str):
            yield schema["description"]
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        yield from _descriptions(part)


def _is_source(folder: str) -> bool:
    return Path(folder).name in {"", ".", "scanner"} or (
        "scanner" in Path(folder).parts and Path(folder).name not in {"_templates", "__pycache__"}
    )


def _labels() -> Iterator[tuple[str, Text]]:
    english = json.loads((WORDS / "labels.json").read_text(encoding="utf-8"))
    for key, text in english.items():
        if not key.endswith(_ONE):
            yield key, (english[key + _ONE], text) if key + _ONE in english else text


@functools.cache
def literals() -> frozenset[str]:
    """Every text in the code, whatever becomes of it."""
    return frozenset(
        _without_formats(node.value)
        for file in Path("scanner").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def main(language: str = "") -> None:
    """Bring every catalogue up to date and say what waits for a translation; begin that of the language."""
    catalogues = {path: read_po(BytesIO(path.read_bytes())) for path in sorted(WORDS.glob("*.po"))}
    if language:
        catalogues.setdefault(WORDS / f"{language}.po", _begun(language))
    every = _of_all(catalogues.values())
    for path, given in sorted(catalogues.items()):
        new = [message for message in every if given.get(message.id, message.context) is None]
        for message in new:
            _bring(given, message)
        gone = list(obsolete(given))
        for message in gone:
            given.delete(message.id, message.context)
        if new or gone:
            with path.open("wb") as file:
                write_po(file, given, width=0)
        waiting = sum(bool(m.id) and (m.fuzzy or (not m.pluralizable and not m.string)) for m in given)
        print(f"{path}: {len(given)} texts, {waiting} without a translation that is sure")  # noqa: T201


def _of_all(catalogues: Iterable[Catalog]) -> list[Message]:
    """What the template has, and what a catalogue has besides: sentences that the code chooses from tables."""
    every = {(message.context, str(message.id)): message for message in extracted() if message.id}
    for given in catalogues:
        gone = {(message.context, str(message.id)) for message in obsolete(given)}
        for message in given:
            key = (message.context, str(message.id))
            if message.id and key not in gone:
                every.setdefault(key, message)
    return list(every.values())


def _begun(language: str) -> Catalog:
    return Catalog(language, project="otaudit", header_comment="# What otaudit says.", fuzzy=False)


def obsolete(given: Catalog) -> Iterator[Message]:
    """What no sentence, no label and no other text of the code is; some are chosen from tables before they are said."""
    template, written = extracted(), literals()
    for message in given:
        texts = message.id if isinstance(message.id, tuple) else (message.id,)
        known = template.get(message.id, message.context) is not None
        if message.id and not known and (message.context or written.isdisjoint(texts)):
            yield message


def _bring(given: Catalog, message: Message) -> None:
    """A new text; the translation of a label whose English has changed must be looked at again."""
    same = [old for old in given if old.context and old.context == message.context]
    for old in same:
        given.delete(old.id, old.context)
    flags = ["fuzzy"] if same else []
    given.add(message.id, same[0].string if same else None, context=message.context, flags=flags)


if __name__ == "__main__":
    main(*sys.argv[1:2])
