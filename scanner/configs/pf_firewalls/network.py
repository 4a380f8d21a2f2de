"""The device itself, its interfaces, default routes, and the addresses that it binds others to."""

from __future__ import annotations

from scanner.configs.bindings import DHCP, HOST, put_binding
from scanner.configs.interfaces import DOWN, MEMBER, ROUTED, says_spare
from scanner.configs.pf_firewalls.document import FirewallFile, child, node_of, value
from scanner.configs.pf_firewalls.filtering import Filtering
from scanner.configs.pf_firewalls.interfaces import PfInterface
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet

_ROUTERS = (
    "frrbgpneighbors",
    "frrospfdinterfaces",
    "frrospf6dinterfaces",
    "openbgpdneighbors",
    "quaggaospfdinterfaces",
)
_NEIGHBOURS = ("neighbor", "network", "interface")
_LEAST = 2  # networks that make a router


def system_settings(file: FirewallFile, sheet: Sheet) -> None:
    """Name, release, the last change, default routes and where configurations are kept."""
    tree = file.tree
    name = file.at("system/hostname")
    domain = file.text("system/domain")
    if name is not None and name.text:
        tree.name = name.text
    sheet.put("system", "device", "hostname", tree.name, node_of(name), present=name is not None and bool(name.text))
    version = file.at("version") or file.at("OPNsense/system/version")
    sheet.version = version.text if version is not None else ""
    told = sheet.version or ABSENT
    sheet.put("system", "device", "version", told, node_of(version), present=told != ABSENT)
    change = file.at("revision")
    if change is not None and (who := value(change, "username")):
        sheet.put("system", "device", "changed", f"{value(change, 'time')} {who}".strip(), change.node)
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    _archive(file, sheet)
    _gateways(file, sheet)
    if domain:
        child(file.at("system"), "domain")


def routing_settings(file: FirewallFile, sheet: Sheet) -> None:
    """Neighbours that tell routes; what they must prove is not read."""
    packages = [e for name in _ROUTERS for e in file.every(f"installedpackages/{name}") if e.children]
    plugin = [n for part in file.every("OPNsense/quagga/*") for n in part.walk() if n.tag in _NEIGHBOURS and n.children]
    for entry in (*packages, *plugin)[:1]:
        sheet.missing("routing", "frr", "authentication", UNKNOWN, entry.node)


def _archive(file: FirewallFile, sheet: Sheet) -> None:
    """Services that keep each configuration elsewhere."""
    on = file.at("system/acb/enable")
    if on is not None and on.text == "yes":
        sheet.put("system", "device", "archive", "https acb.netgate.com", on.node)
        return
    for path, place in (
        ("system/remotebackup/GDriveEnabled", "https drive.google.com"),
        ("OPNsense/Backup/nextcloud/enabled", "https nextcloud"),
        ("OPNsense/Backup/git/enabled", "git"),
        ("OPNsense/Backup/sftp/enabled", "sftp"),
    ):
        switch = file.at(path)
        if switch is not None and switch.text not in ("", "0"):
            sheet.put("system", "device", "archive", place, switch.node)
            return
    sheet.missing("system", "device", "archive")


def _gateways(file: FirewallFile, sheet: Sheet) -> None:
    """The first gateway that everything is sent to which nothing else is said of."""
    wanted = {file.text("gateways/defaultgw4"), file.text("gateways/defaultgw6")} - {"", "-"}
    for entry in (*file.every("gateways/gateway_item"), *file.every("OPNsense/Gateways/gateway_item")):
        hop, chosen = value(entry, "gateway"), child(entry, "defaultgw")
        is_default = value(entry, "name") in wanted if wanted else chosen is not None and chosen.text != "0"
        if hop and is_default and file.switch(entry, "disabled") is False:
            sheet.put("system", "device", "default_route", hop, node_of(child(entry, "gateway")))
            return


def interface_settings(file: FirewallFile, filtering: Filtering, sheet: Sheet) -> None:
    """Each interface."""
    members = _members(file)
    proxies = {value(v, "interface"): v for v in file.every("virtualip/vip") if value(v, "mode") == "proxyarp"}
    tags = {value(v, "vlanif"): value(v, "tag") for v in file.every("vlans/vlan")}
    routed = [i for i in filtering.interfaces.values() if i.up and (i.addresses or i.untold) and i.kind != "loopback"]
    for one in filtering.interfaces.values():
        _interface(sheet, one, members, tags)
        if one in routed and len(routed) >= _LEAST:
            sheet.missing("interface", one.name, "source_check", "acl", one.element.node)  # what the system adds itself
            proxy = proxies.get(one.name)
            at = node_of(proxy, one.element)
            sheet.put("interface", one.name, "proxy_arp", YES if proxy else NO, at, present=proxy is not None)


def _members(file: FirewallFile) -> set[str]:
    found: set[str] = set()
    for entry in (*file.every("laggs/lagg"), *file.every("bridges/bridged")):
        found |= set(value(entry, "members").replace(",", " ").split())
    return found


def _interface(sheet: Sheet, one: PfInterface, members: set[str], tags: dict[str, str]) -> None:
    element = one.element
    sheet.put("interface", one.name, "kind", one.kind, node_of(child(element, "if"), element))
    at = child(element, "enable")
    sheet.put("interface", one.name, "shutdown", NO if one.up else YES, node_of(at, element), present=at is not None)
    descr = child(element, "descr")
    text = descr.text if descr is not None else ""
    sheet.put("interface", one.name, "description", text or ABSENT, node_of(descr, element), present=bool(text))
    if one.addresses:
        told = ",".join(str(address) for address, _ in one.addresses)
        sheet.put("interface", one.name, "address", told, one.addresses[0][1].node)
    else:
        how = value(element, "ipaddr") or value(element, "ipaddrv6")
        if how and how != "none":
            sheet.put("interface", one.name, "address", how, node_of(child(element, "ipaddr"), element))
        else:
            sheet.missing("interface", one.name, "address", node=element.node)
    if one.kind != "physical":
        if tag := tags.get(one.device):
            sheet.put("system", f"vlan {tag}", "vlan_name", text or one.name, element.node)
        return
    spare = one.up and not one.addresses and not one.untold and says_spare(text)
    use = DOWN if not one.up else MEMBER if {one.name, one.device} & members else "spare" if spare else ROUTED
    sheet.put("interface", one.name, "use", use, element.node)
    if use == ROUTED:
        sheet.missing("interface", one.name, "mode", "routed", element.node)


def binding_settings(file: FirewallFile, sheet: Sheet) -> None:
    """Reservations and names."""
    for path in ("dhcpd/*/staticmap", "dhcpdv6/*/staticmap"):
        for entry in file.every(path):
            ip = value(entry, "ipaddr") or value(entry, "ipaddrv6")
            put_binding(sheet, DHCP, entry.node, ip=ip, mac=value(entry, "mac"), name=value(entry, "hostname"))
    for entry in file.every("OPNsense/Kea/dhcp4/reservations/reservation"):
        ip, mac = value(entry, "ip_address"), value(entry, "hw_address")
        put_binding(sheet, DHCP, entry.node, ip=ip, mac=mac, name=value(entry, "hostname"))
    for path in ("unbound/hosts", "dnsmasq/hosts"):
        for entry in file.every(path):
            name = ".".join(n for n in (value(entry, "host"), value(entry, "domain")) if n)
            how = DHCP if value(entry, "hwaddr") else HOST
            put_binding(sheet, how, entry.node, ip=value(entry, "ip"), mac=value(entry, "hwaddr"), name=name)
    for entry in file.every("OPNsense/unboundplus/hosts/host"):
        if value(entry, "enabled", "1") != "0":
            name = ".".join(n for n in (value(entry, "hostname"), value(entry, "domain")) if n and n != "*")
            put_binding(sheet, HOST, entry.node, ip=value(entry, "server"), name=name)
