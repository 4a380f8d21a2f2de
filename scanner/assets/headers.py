"""What the columns of other people's lists mean: aliases in English, German and Chinese, by normalised header."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping

_DROPPED = re.compile(r"[\s\-_.()\[\]{}\"'/:#*\ufeff]")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def normalise(header: str) -> str:
    """Lower case, full-width forms folded, umlauts written out, no spaces, hyphens, underscores, dots or brackets."""
    before = header
    for _ in range(4):  # dropping a space may join a letter and a mark, which is then another letter
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", before).casefold())
        text = unicodedata.normalize("NFKC", _DROPPED.sub("", text.translate(_UMLAUTS)))
        if text == before:
            break
        before = text
    return text


# field -> English, German, Chinese; a header is looked up in its normalised form
_ALIASES: dict[str, tuple[str, ...]] = {
    "id": (
        "id assetid deviceid uuid uid rid resourceid assetnumber assetno assettag bomref",
        "inventarnummer inventarnr geräteid anlagennummer",
        "资产编号 设备编号 资产编码 设备编码 编号",
    ),
    "name": (
        "name assetname devicename displayname label",
        "gerätename bezeichnung gerätebezeichnung",
        "设备名称 资产名称 名称 设备名",
    ),
    "hostname": ("hostname fqdn dnsname computername", "rechnername", "主机名 主机名称 计算机名"),
    "profinet_name": ("nameofstation profinetname pndevicename stationname pnname", "profinetgerätename"),
    "ips": (
        "ip ips ipaddress ipaddresses ipaddr ipv4 ipv6 ipv4address ipv6address iplist directips",
        "primaryip primaryip4 primaryip6",
        "ipadresse ipadressen",
        "ip地址 ipv4地址 ipv6地址",
    ),
    "macs": (
        "mac macs macaddress macaddresses macaddr maclist directmacs hwaddr",
        "macadresse macadressen",
        "mac地址 物理地址",
    ),
    "vendor": (
        "vendor manufacturer make maker macvendor",
        "hersteller lieferant",
        "厂商 品牌 制造商 生产厂家 生产厂商 厂家 供应商",
    ),
    "model": (
        "model productname modelname family product",
        "modell typbezeichnung modellbezeichnung produkt",
        "型号 设备型号 规格型号 产品型号",
    ),
    "order_number": (
        "ordernumber orderno mlfb articlenumber articleno partnumber partno catalognumber orderid",
        "artikelnummer artikelnr bestellnummer bestellnr",
        "订货号 物料号 部件号",
    ),
    "serial": ("serial serialnumber sn serialno", "seriennummer seriennr", "序列号 出厂编号"),
    "firmware": (
        "firmware firmwareversion fwversion fw swrevision softwarerevision osorfirmware",
        "firmwarestand",
        "固件版本 固件 软件版本",
    ),
    "hardware_revision": (
        "hwrevision hardwarerevision hardwareversion hwversion",
        "hardwarestand",
        "硬件版本",
    ),
    "os": ("os operatingsystem osplatform osname osversion", "betriebssystem", "操作系统"),
    "type": (
        "type assettype devicetype category supertype subtype class classtype deviceclass",
        "typ gerätetyp geräteart kategorie",
        "设备类型 资产类型 类型 设备类别 资产类别",
    ),
    "roles": ("role roles programmingdevice engineeringstation scannerdevice", "rolle rollen funktion", "角色"),
    "protocols": (
        "protocol protocols activeprotocols communicationprotocols",
        "protokoll protokolle",
        "协议 通信协议 通讯协议",
    ),
    "ports": (
        "port ports service services openports portsservices",
        "dienste offeneports",
        "端口 开放端口 服务",
    ),
    "zone": (
        "zone zones virtualzone segment securityzone cell area",
        "sicherheitszone zelle bereich",
        "安全区域 区域 安全域 安全区",
    ),
    "level": ("purdue purduelevel purduemodel level layer", "purdueebene ebene", "普渡层级 层级 层次"),
    "vlans": ("vlan vlanid vlans", "vlannr"),
    "site": ("site sitename plant", "werk standort", "站点 厂区 工厂 厂站"),
    "location": (
        "location physicallocation building rack room",
        "einbauort ort gebäude raum",
        "位置 物理位置 安装位置 存放位置",
    ),
    "criticality": (
        "criticality importance assetcriticality",
        "kritikalität wichtigkeit schutzbedarf",
        "重要程度 重要性 关键程度",
    ),
    "authorized": ("authorized authorised authorization approved", "freigegeben genehmigt", "是否授权 授权"),
    "owner": (
        "owner responsible custodian assetowner",
        "eigentümer verantwortlich verantwortlicher",
        "责任人 负责人 责任部门 管理员",
    ),
    "accounts": (
        "useraccounts accounts users credentials",
        "benutzer benutzerkonten konten",
        "账号 账户 用户账号 用户账户",
    ),
    "logging": ("logging syslog", "protokollierung", "日志 日志记录"),
    "lifecycle": (
        "lifecycle lifecyclestatus endofsaledate endofsupportdate endoflife eol",
        "lebenszyklus abkündigung",
        "生命周期 停产日期",
    ),
    "backup": (
        "backup backups backedup lastbackup backupdate backupstatus configurationbackup programbackup",
        "datensicherung sicherung letztesicherung backupvorhanden",
        "备份 备份情况 备份时间 最近备份 程序备份 是否备份",
    ),
    "redundancy": (
        "redundancy redundant highavailability standby",
        "redundanz hochverfügbarkeit",
        "冗余 冗余情况 是否冗余 热备",
    ),
    "malware_protection": (
        "antivirus antimalware malwareprotection virusprotection endpointprotection edr allowlisting",
        "virenschutz virenscanner schadsoftwareschutz",
        "防病毒 防病毒软件 杀毒软件 恶意代码防范 主机防护 白名单",
    ),
    "certified": (
        "certified certification securitycertification producttest",
        "zertifiziert zertifizierung",
        "安全认证 认证情况 检测认证 是否认证",
    ),
    "default_credentials": (
        "defaultcredentials defaultlogin defaultcredentialsinuse factorycredentials",
        "standardzugang standardzugangsdaten werkszugang",
        "默认凭证 默认账号 默认账户 出厂账号",
    ),
}
FIELD_OF: dict[str, str] = {normalise(a): field for field, words in _ALIASES.items() for a in " ".join(words).split()}

# headers whose values are Purdue levels only when they look so ("level" may be a protection level: 等保三级)
AMBIGUOUS_LEVELS = {normalise(w) for w in ("level", "layer", "ebene", "层级", "层次")}

IDENTITY = frozenset(("id", "name", "hostname", "profinet_name", "ips", "macs", "serial"))
_NETBOX = {"manufacturer", "devicetype", "role"}
_NETBOX_FIELDS = {"role": "type", "devicetype": "model", "platform": "os", "devicerole": "type"}
_SHORT_NAMES = {"ip": "ips", "mac": "macs", "vlan": "vlans", "purdue": "level", "hardware_rev": "hardware_revision"}

_SECRET = re.compile(
    r"passw(or)?d|passwort|kennwort|passphrase|passcode|^pwd$|^pw$|^pin$|secret|geheimnis|community|^psk$|presharedkey|"
    r"privatekey|apikey|accesskey|^key$|^token$|authtoken|密码|口令|密钥|团体字|团体名"
)


@functools.lru_cache(maxsize=4096)
def is_secret(header: str) -> bool:
    """The column holds secrets by its name and is never kept."""
    return _SECRET.search(normalise(header)) is not None


def field_named(word: str) -> str | None:
    """The field that a user's mapping means by a word (``ip`` and ``ips`` alike); None when there is none."""
    word = word.strip()
    return _SHORT_NAMES.get(word, word if word in _ALIASES else None)


def fields_of(headers: Iterable[str], columns: Mapping[str, str] | None = None) -> dict[str, str]:
    """Header -> field for every header that is understood. ``columns``: the user's own mapping, which wins."""
    headers = [h for h in headers if h and not is_secret(h)]
    own = {normalise(k): v for k, v in (columns or {}).items()}
    table = FIELD_OF
    if {normalise(h) for h in headers} >= _NETBOX:
        table = FIELD_OF | _NETBOX_FIELDS
    found = {h: own.get(normalise(h)) or table.get(normalise(h)) for h in headers}
    return {h: f for h, f in found.items() if f and f != "extra"}


def is_inventory_header(headers: Iterable[str], columns: Mapping[str, str] | None = None) -> bool:
    """At least two columns are understood, and one of them tells which asset a row speaks of."""
    fields = list(fields_of(headers, columns).values())
    return len(fields) >= 2 and not IDENTITY.isdisjoint(fields)
