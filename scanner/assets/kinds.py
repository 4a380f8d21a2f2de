"""Words that lists use for a device type, importance and consent, to the words of this project."""

from __future__ import annotations

import functools
import re

from scanner.assets.spelling import normalise
from scanner.errors import WrongText
from scanner.wording import said

# What a controller's name begins with that runs no process: computers, networks, doors.
_NO_PLC = "".join(
    f"(?<!{word})"
    for word in (
        *("domain", "domaenen", "storage", "disk", "raid", "access", "door", "sdn", "sdwan", "network", "lan"),
        *("border", "delivery", "kvm", "game"),
    )
)
# A host that belongs to engineering or safety, and no printer or switch that does.
_HOST = r"(station|pc|ws|laptop|notebook|computer|desktop|server|terminal|client|host|console|rechner|arbeitsplatz)"
_SAFE = r"(?!\w*(pc|laptop|notebook|computer|printer|phone|tablet|server|switch|scanner|curtain|office|department)$)"

# Tried in order: the first pattern found in the normalised text decides, so the more specific come first.
_TYPES: tuple[tuple[str, str], ...] = (
    ("printer", r"printer|plotter|drucker|打印|imprimante|impres(s?)ora|stampante|принтер|プリンタ|프린터"),
    ("camera", r"camera|kamera|cctv|摄像|摄像机|telecamera|камера|カメラ|카메라"),
    ("server", r"domaincontroller|domaenencontroller|activedirectory|域控|controladordedominio|controleurdedomaine"),
    (
        "engineering_station",
        (
            rf"engineer\w*{_HOST}|^eng(ineer(s|ing)?)?({_HOST}|$)|(^|sis|safety)ews$|^ows?es$|^es$|programmier|^pg$|"
            r"programmingdevice|工程师(工作)?站|工程师(笔记本|电脑|主机|计算机|终端)|工程站|编程站|编程器|编程终端|ingenierie|ingenieria|ingegneria|engenharia|"
            r"инженерн|арминженера|エンジニアリング|엔지니어링"
        ),
    ),
    (
        "safety_controller",
        (
            rf"(?<!and)safety{_SAFE}|failsafe|fsps|fcpu|^sis|^esd|emergencyshutdown|burnermanagement|"
            r"sicherheits(steuerung|sps)|安全控制器|安全仪表|安全plc|紧急停车|"
            r"(automates?|controleur)desecurite|(plc|automata|controlador)(de)?seguridad|"
            r"(plc|controllore)disicurezza|(clp|plc|controlador)deseguranca|(контроллер|система)паз|^паз|"
            r"противоаварийн|(安全|セーフティ)(plc|コントローラ)|안전(plc|제어|컨트롤러)"
        ),
    ),
    ("historian", r"historian|historie|processdatabase|历史|实时数据库"),
    ("opc_server", r"opc(?!omputer)"),
    (
        "hmi",
        (
            r"hmi|operator|bedien|(?<!patch)(?<!solar)panel|touch(?!pad)|人机|触摸屏|操作员(工作)?站|操作员(电脑|主机|计算机|终端)|操作站|"
            r"operateur|pupitre|ecran|operador|pantalla|タッチパネル|表示器|操作端末"
        ),
    ),
    ("scada_server", r"scada|supervisory|leitsystem|leitrechner|监控服务器|上位机|组态"),
    (
        "io_device",
        r"remoteio|distributedio|^io|iodevice|iomodule|fieldio|dezentraleperipherie|远程io|分布式io|io模块|从站|远程站",
    ),
    ("rtu", r"^rtu|remoteterminal|fernwirk|远程终端"),
    ("ied", r"^ied|(protection|bay|relay)ied|protectionrelay|schutzrelais|schutzgeraet|继电保护|保护装置"),
    ("dcs", r"^dcs|distributedcontrol|prozessleit|分散控制|集散控制"),
    (
        "drive",
        (
            r"(?<!disk)(?<!disc)(?<!hard)(?<!tape)(?<!flash)(?<!usb)drive|vfd|inverter|frequencyconverter|umrichter|antrieb|servo|变频|驱动器|伺服|"
            r"variateur|variador|インバータ|サーボ"
        ),
    ),
    ("robot", r"robot|机器人"),
    (
        "firewall",
        r"firewall|^fw\d*$|utm|ngfw|securityappliance|防火墙|网闸|parefeu|cortafuegos|ファイアウォール|межсетев\w*экран|брандмауэр|방화벽",
    ),
    (
        "wireless_ap",
        (
            r"accesspoint|^aps?$|wlan|wifi|wireless|无线|接入点|pointdacces|puntode?acceso|puntodiaccesso|pontodeacesso|"
            r"アクセスポイント|точкадоступа|액세스포인트"
        ),
    ),
    ("router", r"router|路由|routeur|enrutador|roteador|ルータ|маршрутизатор|라우터"),
    (
        "switch",
        r"switch(?!gear|board|cabinet|room)|^(core|access|distribution|l[23])?sw\d*$|交换机|commutateur|conmutador|comutador|スイッチ|коммутатор|스위치",
    ),
    (
        "gateway",
        r"gateway|protocolconverter|umsetzer|(?<!knowl)edge|modem|网关|协议转换|passerelle|pasarela|ゲートウェイ",
    ),
    (
        "plc",
        (
            r"plc|^sps|speicherprogrammierbar|steuerung(en)?$|^pac$|programmablelogic|programmableautomation|可编程|"
            rf"(?<!域)(?<!门禁)(?<!存储)控制器|{_NO_PLC}controller|^cpu|"
            r"^automate$|automateprogrammable|^automata$|automataprogramable|controlador|シーケンサ|コントローラ"
        ),
    ),
    ("server", r"server|服务器|^vm$|virtualmachine|serveur|servidor|サーバ"),
    (
        "workstation",
        r"workstation|desktop|laptop|notebook|pc$|computer|rechner|arbeitsplatz|client|工作站|电脑|工控机|postedetravail|ordinateur|estaciondetrabajo|ordenador|パソコン",
    ),
)

_CRITICALITY = {
    "low": (
        "low l niedrig gering faible basse bajo baja laag basso bassa baixo baixa низкая низкий низкое 낮음 하 低 一般"
    ),
    "medium": (
        "medium m mittel moderate normal moyen moyenne medio media gemiddeld средняя средний среднее "
        "보통 중 중간 中 中等"
    ),
    "high": (
        "high h hoch eleve elevee haute alto alta hoog elevado elevada высокая высокий высокое 높음 높은 "
        "상 중요 高 高い 重要 major important wichtig importante belangrijk важная важный 重大"
    ),
    "critical": (
        "critical kritisch sehrhoch veryhigh critique critico critica kritiek zeerhoog treseleve "
        "treselevee moltoalto moltoalta muyalto muyalta muitoalto muitoalta критическая критический "
        "критичная критичный оченьвысокая оченьвысокий 매우높음 핵심 极高 很高 非常に高い 关键 核心 "
        "最重要 关键设备 核心设备 关键资产 核心资产 missioncritical businesscritical safetycritical "
        "vital essential severe"
    ),
}
_SEPARATED = re.compile(r"[^\w]+|_")
_ON_A_SCALE = re.compile(r"\d{0,2}|[a-e]|[a-e]\d|level|criticality|stufe|class|klasse|tier|rating|priority|prio|级")
_CRITICALITY_OF = {normalise(w): k for k, words in _CRITICALITY.items() for w in words.split()}

_CONSENT = {
    True: "yes y true 1 ja j approved authorized authorised freigegeben genehmigt 是 已授权 授权 "
    "oui autorise approuve si autorizado aprobado はい 承認済み 已批准 批准 "
    "sim aprovado autorizzato approvato goedgekeurd да 예 네 승인",
    False: "no n false 0 nein unapproved unauthorized unauthorised notapproved notauthorized gesperrt 否 未授权 "
    "non いいえ 未承認 未批准 nao nee notallowed rejected denied abgelehnt нет 아니오 아니요 미승인",
}
_CONSENT_OF = {w: answer for answer, words in _CONSENT.items() for w in words.split()}


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Of types; few scans have cells to read."""
    return tuple((name, re.compile(pattern)) for name, pattern in _TYPES)


def asset_type(text: str) -> str:
    """One of ``vocabulary.TYPES``; ``unknown`` when the text names none of them."""
    word = normalise(text)
    return next((name for name, pattern in _patterns() if pattern.search(word)), "unknown")


def criticality(text: str) -> str:
    """low, medium, high or critical when the text means one of them, else the text as given. A number or letter of a
    scale beside the word changes nothing: "1 - critical", "High (A)".
    """
    if level := _CRITICALITY_OF.get(normalise(text).removesuffix("criticality")):  # HighCriticality, of Tenable OT
        return level
    words = [word for word in map(normalise, _SEPARATED.split(text)) if not _ON_A_SCALE.fullmatch(word)]
    return _CRITICALITY_OF.get("".join(words), text)


def consent(text: str) -> bool:
    """Yes or no; WrongText when it is neither."""
    try:
        return _CONSENT_OF[normalise(text)]
    except KeyError:
        raise WrongText(said("'{value}' is neither yes nor no", value=text[:40])) from None
