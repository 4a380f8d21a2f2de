"""Plug-ins: protocols, inventory formats, configuration dialects, report formats and commands are found in one way.

A plug-in is an instance of its kind's contract, a frozen dataclass derived from ``Plugin``. Those of otaudit are
constants of modules in the kind's folder: being there registers them. Those of others are entry points of the kind's
group. A broken one of otaudit is a defect and raises ``BrokenPlugin``; a broken one of somebody else costs nothing but
itself and is kept in ``PluginKind.broken``, to be told.
"""

from __future__ import annotations

import collections.abc
import functools
import importlib
import inspect
import pkgutil
import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, NamedTuple, TypeVar

from scanner.errors import DefinitionError, InputError, Problem, defect
from scanner.gc_paused import lasting
from scanner.wording import NOTHING, Said, said

NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class Fault(NamedTuple):
    """What is wrong with a field of a plug-in, and what to do about it."""

    field: str
    what: Said
    remedy: Said = NOTHING


@dataclass(frozen=True)
class Plugin:
    """What every plug-in has. name: lower case with hyphens, as its file or entry point is called; title: one line."""

    name: str
    title: str

    def faults(self) -> Iterable[Fault]:
        """What is wrong beyond the types of the fields."""
        return ()

    def yields_to(self, other: Plugin) -> bool:  # noqa: ARG002 - a contract may let a placeholder be replaced
        """Somebody else's plug-in of the same name takes its place."""
        return False


class BrokenPlugin(TypeError):
    """A plug-in of otaudit's own does not keep its contract; the text says which, which field and what to do."""


class Origin(NamedTuple):
    """Where somebody else's plug-in comes from."""

    name: str
    package: str

    def __str__(self) -> str:
        return f"plug-in {self.name}" + (f" of {self.package}" if self.package else "")


P = TypeVar("P", bound=Plugin)
Fits = Callable[[Any, Mapping[str, Any]], Iterable[Fault]]


@dataclass(frozen=True)
class PluginKind(Generic[P]):
    """One kind of plug-in.

    word: what one is called; its upper case is the constant that a module of ``package`` has.
    group: the entry points of others; empty when there are none.
    shared: modules of the folder that are no plug-ins; so are those whose names begin with ``_``.
    families: folders of the folder are families of plug-ins, not plug-ins themselves.
    fits: what keeps somebody else's plug-in from working beside those that are loaded before it.
    """

    word: str
    contract: type[P]
    package: str
    group: str = ""
    shared: frozenset[str] = frozenset()
    families: bool = False
    fits: Fits | None = None

    @property
    def constant(self) -> str:
        """The name of the constant that holds a plug-in."""
        return self.word.upper()

    def own(self) -> tuple[str, ...]:
        """The names of otaudit's own, in alphabetical order, without importing any."""
        return tuple(_modules(self))

    def names(self) -> tuple[str, ...]:
        """All names, in alphabetical order; only somebody else's plug-ins are imported for it."""
        return tuple(sorted({*self.own(), *_foreign(self).plugins}))

    def get(self, name: str) -> P | None:
        """The plug-in of that name, importing no other of otaudit's own; None when there is none."""
        foreign = _foreign(self).plugins.get(name)
        return foreign or (_own(self, name) if name in _modules(self) else None)

    def all(self) -> Mapping[str, P]:
        """Every plug-in by its name, in alphabetical order."""
        return _all(self)

    def broken(self) -> tuple[Problem, ...]:
        """Plug-ins of others that are not used, and why."""
        return _foreign(self).broken

    def foreign(self) -> Mapping[str, Origin]:
        """Plug-ins of others that are used, and whose they are."""
        return _foreign(self).origins

    @contextmanager
    def blamed(self, name: str, source: str) -> Iterator[None]:
        """Where somebody else's plug-in fails on an input, its package is named and not otaudit."""
        try:
            yield
        except (InputError, DefinitionError):
            raise
        except Exception as error:
            if name not in self.foreign():
                raise
            origin = self.foreign()[name]
            what = said(
                "the {kind} {plugin} failed on it: {defect}", kind=self.word, plugin=origin, defect=defect(error)
            )
            remedy = said("update or remove that package; the others are examined")
            raise InputError(source, what, remedy=remedy) from error


class _Foreign(NamedTuple):
    plugins: Mapping[str, Any]
    origins: Mapping[str, Origin]
    broken: tuple[Problem, ...]


@functools.cache
def _modules(kind: PluginKind[Any]) -> Mapping[str, str]:
    """Name of the plug-in -> its module, as seen from the package: in the folder itself, or in that of its family."""
    folder = list(importlib.import_module(kind.package).__path__)
    found = dict(_members(kind, folder, ""))
    return {module.rpartition(".")[2].replace("_", "-"): module for module in sorted(found, key=found.__getitem__)}


def _members(kind: PluginKind[Any], folder: list[str], family: str) -> Iterator[tuple[str, str]]:
    """Modules that are plug-ins, and the names by which they are sorted. No package is imported for it."""
    for module in pkgutil.iter_modules(folder):
        if module.name.startswith("_") or module.name in kind.shared:
            continue
        if module.ispkg and not family and kind.families:
            yield from _members(kind, [f"{each}/{module.name}" for each in folder], f"{module.name}.")
        else:
            yield f"{family}{module.name}", module.name


@functools.cache
def _own(kind: PluginKind[P], name: str) -> P:
    module = _modules(kind)[name]
    path = f"{kind.package}.{module}"
    held = getattr(importlib.import_module(path), kind.constant, None)
    if not isinstance(held, kind.contract):  # whatever else may be wrong with our own, the tests look at
        raise BrokenPlugin(f"{path} has no {kind.constant}; add {kind.constant} = {kind.contract.__name__}(...)")
    return held


@functools.cache
@lasting()
def _all(kind: PluginKind[P]) -> Mapping[str, P]:
    foreign = _foreign(kind).plugins
    return {name: foreign[name] if name in foreign else _own(kind, name) for name in kind.names()}


@functools.cache
def _foreign(kind: PluginKind[Any]) -> _Foreign:
    plugins: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    broken = []
    found = entry_points(group=kind.group) if kind.group else ()
    for point in sorted(found, key=lambda p: (p.name, _package(p))):
        origin = Origin(point.name, _package(point))
        outcome = _loaded(kind, point, plugins)
        if isinstance(outcome, Fault):
            remedy = outcome.remedy or said("update or remove that package")
            what = said("not used: {what}", what=sentence_of(kind, outcome._replace(remedy=NOTHING)))
            broken.append(Problem(f"{kind.word} {origin}", what, remedy=remedy))
        else:
            plugins[point.name], origins[point.name] = outcome, origin
    return _Foreign(plugins, origins, tuple(broken))


def _loaded(kind: PluginKind[P], point: EntryPoint, before: Mapping[str, P]) -> P | Fault:
    """The plug-in of an entry point, or what keeps it from being used. Nothing that it does ends otaudit."""
    try:
        held = point.load()
        wrong = next(faults(kind, held, point.name), None)
        if wrong is None and kind.fits:
            wrong = next(iter(kind.fits(held, before)), None)
        if wrong is None:
            wrong = _taken(kind, held, before)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the last boundary of what somebody else wrote
        return Fault("", said("it cannot be loaded: {defect}", defect=defect(error)))
    return wrong or typing.cast("P", held)


def _taken(kind: PluginKind[P], held: P, before: Mapping[str, P]) -> Fault | None:
    """Its name is that of another one, which it may not replace."""
    if held.name in before:
        what = said("another package has a {kind} '{name}' too", kind=kind.word, name=held.name)
        return Fault("name", what, said("remove one of the two packages"))
    if held.name in _modules(kind) and not _own(kind, held.name).yields_to(held):
        what = said("otaudit has a {kind} '{name}' of its own", kind=kind.word, name=held.name)
        return Fault("name", what, said("give it another name"))
    return None


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else ""


def sentence_of(kind: PluginKind[Any], wrong: Fault) -> Said:
    """A fault in one line: the field, what is wrong, what to do."""
    text = wrong.what
    if wrong.field:
        text = said("{field}: {what}", field=f"{kind.contract.__name__}.{wrong.field}", what=text)
    return said("{what}; {remedy}", what=text, remedy=wrong.remedy) if wrong.remedy else text


def faults(kind: PluginKind[Any], held: object, name: str = "") -> Iterator[Fault]:
    """Everything that keeps ``held`` from being a plug-in of the kind, called ``name``."""
    contract = kind.contract
    if not isinstance(held, contract):
        what = said("is a {type} where a {contract} is expected", type=type(held).__name__, contract=contract.__name__)
        yield Fault("", what, said("make it {code}", code=f"{kind.constant} = {contract.__name__}(...)"))
        return
    typed = list(_mistyped(held, _hints(kind)))
    yield from typed
    if typed:
        return
    if not NAME.fullmatch(held.name):
        what = said("'{name}' is not a valid name", name=held.name)
        yield Fault("name", what, said("use lower-case letters, digits and hyphens"))
    elif name and held.name != name:
        what = said("is '{name}', but its file or entry point is called '{file}'", name=held.name, file=name)
        yield Fault("name", what, said("give both the same name"))
    if not held.title.strip() or "\n" in held.title:
        yield Fault("title", said("is not one line of text"), said("say what it is, as people write it"))
    yield from held.faults()


@functools.cache
def _hints(kind: PluginKind[Any]) -> Mapping[str, Any]:
    return typing.get_type_hints(kind.contract)


def _mistyped(held: Plugin, hints: Mapping[str, Any]) -> Iterator[Fault]:
    for field in fields(held):
        value, hint = getattr(held, field.name), hints[field.name]
        if not _is(value, hint):
            shown = inspect.formatannotation(hint).replace("scanner.", "")
            yield Fault(
                field.name, said("is a {type} where {types} is expected", type=type(value).__name__, types=shown)
            )
        elif count := _wrong_arity(value, hint):
            remedy = said("see the docstring of {contract}", contract=type(held).__name__)
            yield Fault(field.name, said("does not take {count} arguments", count=count), remedy)


def _is(value: object, hint: Any) -> bool:
    """The value is of the annotated type; tuples and frozen sets are looked into."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint in (Any, None) or hint is type(None):
        return hint is Any or value is None
    if origin in (typing.Union, types.UnionType):
        return any(_is(value, one) for one in inner)
    if origin is collections.abc.Callable:
        return callable(value)
    if not isinstance(value, origin or hint):
        return False
    return not isinstance(value, tuple | frozenset) or not inner or all(_is(one, inner[0]) for one in value)


def _wrong_arity(value: object, hint: Any) -> int:
    """How many arguments the function is called with and does not take; 0 when it takes them, or cannot be asked."""
    for one in (hint, *typing.get_args(hint)):
        asked = typing.get_args(one)[0] if typing.get_args(one) and callable(value) else None
        if isinstance(asked, list):
            try:
                inspect.signature(typing.cast("Callable[..., Any]", value)).bind(*asked)
            except TypeError:
                return len(asked)
            except ValueError:  # written in C, without a signature
                return 0
    return 0


def forget() -> None:
    """Look for plug-ins anew, as after one was installed."""
    for cache in (_modules, _own, _all, _foreign):
        cache.cache_clear()
