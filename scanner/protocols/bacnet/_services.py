"""What confirmed BACnet requests touch (ANSI/ASHRAE 135-2020 clauses 13 to 16 and 21)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.protocols.bacnet import _names as names
from scanner.protocols.bacnet import _objects as objects
from scanner.protocols.bacnet._reference import (
    BROKEN,
    NOTHING,
    Asked,
    Reference,
    after_process,
    first_of_list,
    identifier_in,
    in_front,
    notification,
    object_in,
    private,
    property_in,
    text_message,
)
from scanner.protocols.bacnet._tags import context, enclosed, tag, text
from scanner.protocols.base import Malformed, Verb
from scanner.protocols.common.text import readable
from scanner.wording import said, verbatim

_CONFIGURATION = (objects.DEVICE, objects.NETWORK_SECURITY, objects.NETWORK_PORT)
_EVENT_STATES = ("normal", "fault", "offnormal", "high-limit", "low-limit", "life-safety-alarm")
_SHOWN = 12  # objects listed


def request(service: int, data: bytes, whole: bool) -> Asked:
    """What a confirmed request touches; ``whole``: all its parameters are there."""
    if service == names.WRITE:
        return _write(data, whole)
    try:
        return _REQUESTS[service](data) if service in _REQUESTS else NOTHING
    except Malformed:
        return BROKEN if whole else NOTHING


def first_segment(service: int, data: bytes) -> Asked:
    """What the first segment of a request touches: the object in front, for services that have one there."""
    if len(data) < 6 or data[0] not in (0x0C, 0xC4):
        return NOTHING
    if (data[0] == 0xC4) is not (service in (names.READ_FILE, names.WRITE_FILE)) or service not in _OBJECT_FIRST:
        return NOTHING
    return Asked(objects.instance(data[1:5]), (said("in segments"),), _verb_of_object(service, data[1:5]))


# --- objects in front of values -------------------------------------------------------------------------------------


def _verb_of_object(service: int, identifier: bytes) -> Verb | None:
    writes = service in (names.WRITE, names.WRITE_MULTIPLE)
    return Verb.CONFIGURE if writes and int.from_bytes(identifier, "big") >> 22 in _CONFIGURATION else None


def _write(data: bytes, whole: bool) -> Asked:
    """The priority, where there is one, is behind the value (clause 15.9)."""
    found = in_front(data)
    if found is None:
        return NOTHING
    order = (found.type, found.number) == (objects.PROGRAM, objects.PROGRAM_CHANGE)
    if order and data[5] == 0x19 and data[7:9] == b"\x3e\x91" and len(data) > 9:
        name, verb = names.PROGRAM_REQUESTS.get(data[9], (f"request {data[9]}", Verb.WRITE))
        return Asked(str(found), (verbatim(name),), verb)
    prioritised = whole and data[-3] == 0x3F and data[-2] == 0x49
    details = (said("priority {n}", n=data[-1]),) if prioritised else ()
    return Asked(str(found), details, _verb_of_object(names.WRITE, found.identifier))


def _write_multiple(data: bytes) -> Asked:
    found = first_of_list(data, 0x08)
    if found is None:
        return NOTHING
    return Asked(str(found), (said("first in the list"),), _verb_of_object(names.WRITE_MULTIPLE, found.identifier))


def _read(data: bytes) -> Asked:
    """Without the array index: devices are asked for their list of objects one by one."""
    found = in_front(data)
    return Asked(str(found), verb=Verb.IDENTIFY if found.identifies else None) if found else NOTHING


def _front(data: bytes) -> Asked:
    found = in_front(data)
    return Asked(str(found)) if found else NOTHING


def _acknowledge(data: bytes) -> Asked:
    """Process identifier, object, event state."""
    at = after_process(data)
    if not at or len(data) < at + 7 or data[at] != 0x1C or data[at + 5] != 0x29:
        return NOTHING
    state = data[at + 6]
    name = verbatim(_EVENT_STATES[state]) if state < len(_EVENT_STATES) else said("state {n}", n=state)
    return Asked(objects.instance(data[at + 1 : at + 5]), (name,))


def _file(data: bytes) -> Asked:
    if len(data) < 6 or data[0] != 0xC4 or data[5] not in (0x0E, 0x1E):
        return NOTHING
    return Asked(objects.instance(data[1:5]), (said("stream") if data[5] == 0x0E else said("records"),))


def _create(data: bytes) -> Asked:
    """A type, or an identifier wished for."""
    if len(data) < 3 or data[0] != 0x0E:
        return NOTHING
    if data[1] == 0x1C and len(data) >= 7:
        return Asked(objects.instance(data[2:6]))
    width = data[1] - 0x08
    if width in (1, 2) and len(data) >= 2 + width:
        return Asked(objects.object_type(int.from_bytes(data[2 : 2 + width], "big")))
    return NOTHING


# --- parameters that are compared whole -----------------------------------------------------------------------------


def _read_multiple(data: bytes) -> Asked:
    """Who reads of the device object only, and identity among it, wants to know the device."""
    found = list(_references(data))
    of_device = all(f.type == objects.DEVICE for f in found) and any(f.identifies for f in found)
    return Asked(_grouped(found), verb=Verb.IDENTIFY if of_device else None)


def _grouped(found: list[Reference]) -> str:
    """``analog-input 1 present-value, units; device 7 model-name``."""
    shown, last = "", b""
    for each in found[:_SHOWN]:
        here = str(each) if each.identifier != last else str(each).split(" ", 2)[2]
        shown += (", " if each.identifier == last else "; ") * bool(shown) + here
        last = each.identifier
    more = len(found) - _SHOWN
    return shown + (f" and {more} more" if more > 0 else "")


def _references(data: bytes) -> Iterator[Reference]:
    """Objects, each with a bracket of properties."""
    at = 0
    while at < len(data):
        identifier, at = object_in(data, at, 0)
        inside, at = enclosed(data, at, 1)
        place = 0
        while place < len(inside):
            found, place = property_in(inside, place, 0, identifier)
            yield found


def _subscribe(data: bytes) -> Asked:
    """Without confirmation and lifetime it is a cancellation (clause 13.14.1)."""
    at, process = 0, context(data, 0, 0)
    if process is None:
        raise Malformed("no process identifier")
    identifier, at = object_in(data, process.after, 1)
    confirmed = context(data, at, 2)
    at = confirmed.after if confirmed else at
    lifetime = context(data, at, 3)
    at = lifetime.after if lifetime else at
    words = (said("cancelled"),) if confirmed is None and lifetime is None else ()
    shown = objects.instance(identifier)
    if at < len(data) and tag(data, at).opening:
        inside, _ = enclosed(data, at, 4)
        found, _ = property_in(inside, 0, 0, identifier)
        shown = str(found)
    return Asked(shown, words)


def _delete(data: bytes) -> Asked:
    return Asked(objects.instance(identifier_in(data, 0)[0]))


def _communication(data: bytes) -> Asked:
    """Minutes, what to do, password (clause 16.1)."""
    duration = context(data, 0, 0)
    order = context(data, duration.after if duration else 0, 1)
    if order is None:
        raise Malformed("neither enable nor disable")
    name = verbatim(names.COMMUNICATION.get(order.unsigned, f"order {order.unsigned}"))
    time = said("without end") if order.unsigned else ""
    if duration:
        time = said("for {n} minutes", n=duration.unsigned)
    return _with_password(Asked(details=tuple(w for w in (name, time) if w)), context(data, order.after, 2) is not None)


def _reinitialize(data: bytes) -> Asked:
    """State and password (clause 16.4)."""
    state = context(data, 0, 0)
    if state is None:
        raise Malformed("no state")
    name, verb = names.STATES.get(state.unsigned, (f"state {state.unsigned}", Verb.RESTART))
    return _with_password(Asked(details=(verbatim(name),), verb=verb), context(data, state.after, 1) is not None)


def _with_password(asked: Asked, given: bool) -> Asked:
    word, kind = (said("with password"), "user-password") if given else (said("without password"), "none")
    return asked._replace(details=(*asked.details, word), credentials=kind)


def _life_safety(data: bytes) -> Asked:
    """Process, requesting source (a name), operation, object; without one all objects are meant (clause 13.13)."""
    process = context(data, 0, 0)
    source = context(data, process.after, 1) if process else None
    order = context(data, source.after, 2) if source else None
    if source is None or order is None:
        raise Malformed("no operation")
    known = names.LIFE_SAFETY_OPERATIONS
    name = verbatim(known[order.unsigned] if order.unsigned < len(known) else f"operation {order.unsigned}")
    who = readable(text(source.body).encode(), 60)
    words = (name, said('by "{name}"', name=who)) if who else (name,)
    if order.after >= len(data):
        return Asked("all life safety objects", words)
    return Asked(objects.instance(object_in(data, order.after, 3)[0]), words)


_REQUESTS: dict[int, Callable[[bytes], Asked]] = {
    names.ACKNOWLEDGE_ALARM: _acknowledge,
    names.COV: notification,
    names.EVENT: notification,
    names.SUBSCRIBE_COV: _subscribe,
    names.READ_FILE: _file,
    names.WRITE_FILE: _file,
    names.ADD_LIST: _front,
    names.REMOVE_LIST: _front,
    names.CREATE: _create,
    names.DELETE: _delete,
    names.READ: _read,
    names.READ_MULTIPLE: _read_multiple,
    names.WRITE_MULTIPLE: _write_multiple,
    names.COMMUNICATION_CONTROL: _communication,
    names.PRIVATE_TRANSFER: private,
    names.TEXT_MESSAGE: text_message,
    names.REINITIALIZE: _reinitialize,
    names.READ_RANGE: _front,
    names.LIFE_SAFETY: _life_safety,
    names.SUBSCRIBE_PROPERTY: _subscribe,
}
_OBJECT_FIRST = (
    *(names.READ_FILE, names.WRITE_FILE, names.ADD_LIST, names.REMOVE_LIST, names.WRITE, names.WRITE_MULTIPLE),
    names.READ_RANGE,
)
