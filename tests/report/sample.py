"""Results as a scan of a small bottling plant gives them, in both languages; and hostile and huge variants."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from typing import Any

from scanner.results.answers import Answered, AnswerRow, AnswerState
from scanner.results.attack import TechniqueRow, TechniqueState
from scanner.results.judged_by import Change, ParameterValue, ProfileFile, ProfileUse, WaiverRow, WaiverState
from scanner.results.model import (
    Coverage,
    DeviceRow,
    Evidence,
    Finding,
    FrameworkResult,
    InputRecord,
    Mapping,
    ProblemRow,
    RequirementResult,
    Results,
    RuleResult,
    Run,
    Severity,
    Status,
    Text,
    TrafficRow,
    Verdict,
    ZoneRow,
)
from scanner.results.standing import counted as counted_by_standing
from scanner.results.standing import placed
from tests.report import sample_observed

PCAP = "captures/2026-11-03_cell-switch.pcapng.gz"
PCAP_5G = "captures/2026-11-03_gateway_n3.pcap"
INVENTORY = "inventory/资产清单.csv"
POLICY = "policy.yaml"
SWITCH = "configs/sw-cell-1.cfg"
ROUTER = "configs/rt-edge (old).cfg"


def t(en: str, zh: str = "") -> Text:
    return {"en": en, "zh": zh} if zh else {"en": en}


def finding(key: str, subject: Text, message: Text, evidence: tuple[Evidence, ...], **values: Any) -> Finding:
    """A finding of a rule of the sample; ``counted`` gives it the severity of its rule."""
    status = Status.WAIVED if values.get("waiver") else values.pop("status", Status.FAIL)
    return Finding(key, status, Severity.MEDIUM, subject, message, evidence, **values)


def coverage(subjects: int, failing: int, waived: int, text: Text | None = None, review: int = 0) -> Coverage:
    return Coverage(subjects, failing, review, waived, text=text or {})


def counted(rule: RuleResult) -> RuleResult:
    """The rule with its findings marked and counted as the engine does."""
    marked = tuple(dataclasses.replace(f, severity=rule.severity) for f in rule.findings)
    numbers = Counter(f.status for f in marked)
    of = dataclasses.replace(
        rule.coverage,
        failing_findings=numbers[Status.FAIL],
        review_findings=numbers[Status.REVIEW],
        waived_findings=numbers[Status.WAIVED],
    )
    return dataclasses.replace(rule, findings=marked, coverage=of)


def _inputs() -> tuple[InputRecord, ...]:
    return (
        InputRecord(
            PCAP,
            "capture",
            3_482_190,
            "9f2c6b1d0e6f4f6c9d4a3a37f7f0e2f4c1b7a5d2e8c94b6f0a1d2c3b4e5f6071",
            t(
                "pcapng in gzip, 20,311 packets, 2 interfaces, 3 h 12 min",
                "gzip 压缩的 pcapng，20,311 个数据包，2 个接口，3 小时 12 分",
            ),
            details={
                "lost": t(
                    "14 gaps in 9 TCP streams, 8,204 bytes not captured",
                    "9 条 TCP 流中有 14 处缺口，8,204 字节未采集到",
                ),
                "not understood": t("312 frames of EtherType 0x88cc are counted, not decoded"),
            },
        ),
        InputRecord(
            PCAP_5G,
            "capture",
            901_422,
            "1b7a5d2e8c94b6f0a1d2c3b4e5f60719f2c6b1d0e6f4f6c9d4a3a37f7f0e2f4c",
            t("pcap, 4,120 packets, 41 min, GTP-U tunnels", "pcap，4,120 个数据包，41 分，GTP-U 隧道"),
            complete=False,
            details={"truncated": t("the file ends in the middle of packet 4,121")},
        ),
        InputRecord(
            INVENTORY,
            "inventory",
            2_310,
            "0a1d2c3b4e5f60719f2c6b1d0e6f4f6c9d4a3a37f7f0e2f4c1b7a5d2e8c94b6f",
            t("CSV (GB18030), 14 devices", "CSV（GB18030），14 台设备"),
            complete=False,
        ),
        InputRecord(
            POLICY,
            "policy",
            1_877,
            "e8c94b6f0a1d2c3b4e5f60719f2c6b1d0e6f4f6c9d4a3a37f7f0e2f4c1b7a5d2",
            t("7 zones, 9 conduits, 1 waiver", "7 个区域，9 条管道，1 项豁免"),
        ),
        InputRecord(
            SWITCH,
            "configuration",
            5_120,
            "4e5f60719f2c6b1d0e6f4f6c9d4a3a37f7f0e2f4c1b7a5d2e8c94b6f0a1d2c3b",
            t("Cisco IOS, 211 lines, all understood", "Cisco IOS，211 行，全部理解"),
        ),
    )


_SR = "iec62443-3-3"
_GB = "gbt22239-2019-l3"
_NIST = "nist-800-82r3"


def _write_evidence() -> tuple[Evidence, ...]:
    return (
        Evidence(
            PCAP,
            frames=(1204, 1212, 1220, 1228, 1236),
            first_time="2026-11-03T08:14:07.251000Z",
            last_time="2026-11-03T09:02:41.003917Z",
            count=148,
            client="10.10.3.57",
            server="10.10.1.11",
            port=502,
            protocol="modbus",
            message={
                "en": "Write Multiple Registers, unit 1, holding register 40-49",
                "zh": "Write Multiple Registers，单元 1，holding register 40-49",
            },
            outcome={
                "en": "accepted 145, refused 3 (Illegal Data Address)",
                "zh": "接受 145，拒绝 3 (Illegal Data Address)",
            },
            filter="ip.src == 10.10.3.57 && ip.dst == 10.10.1.11 && modbus.func_code == 16",
        ),
        Evidence(
            PCAP,
            frames=(5120,),
            first_time="2026-11-03T08:40:00Z",
            last_time="2026-11-03T08:40:00Z",
            count=1,
            client="10.10.3.57",
            server="10.10.1.11",
            port=502,
            protocol="modbus",
            message={"en": "Write Single Coil, unit 1, coil 7", "zh": "Write Single Coil，单元 1，coil 7"},
            outcome={"en": "accepted 1", "zh": "接受 1"},
            filter="ip.src == 10.10.3.57 && modbus.func_code == 5",
        ),
    )


def _failing() -> tuple[RuleResult, ...]:
    return (
        RuleResult(
            "cmd-program-download",
            t("Only engineering stations load programs into controllers", "只有工程师站可以向控制器下装程序"),
            t(
                "Every program download to a controller comes from a device with the role engineering station.",
                "每次向控制器下装程序，都必须来自角色为工程师站的设备。",
            ),
            Severity.CRITICAL,
            Verdict.FAIL,
            t(
                "1 of 3 program downloads came from a device that is no engineering station.",
                "3 次程序下装中有 1 次来自非工程师站设备。",
            ),
            coverage(
                3,
                1,
                0,
                t(
                    "3 program downloads by 2 devices in 1 capture, 3 h 12 min",
                    "1 个流量采集文件中 2 台设备的 3 次程序下装，3 小时 12 分",
                ),
            ),
            (
                finding(
                    "b1c2d3e4f5a60718",
                    t("HMI-02 to PLC-FILL-1", "HMI-02 到 PLC-FILL-1"),
                    t(
                        "HMI-02 (10.10.3.57) downloaded block OB1 into PLC-FILL-1 (10.10.1.11); its role is HMI.",
                        "HMI-02（10.10.3.57）向 PLC-FILL-1（10.10.1.11）下装了块 OB1；其角色为 HMI。",
                    ),
                    (
                        Evidence(
                            PCAP,
                            frames=(9001, 9003, 9005),
                            first_time="2026-11-03T09:31:12.5Z",
                            last_time="2026-11-03T09:31:13.9Z",
                            count=3,
                            client="10.10.3.57",
                            server="10.10.1.11",
                            port=102,
                            protocol="s7comm",
                            message={
                                "en": "Request download, Download block, Download ended: OB1",
                                "zh": "Request download, Download block, Download ended: OB1",
                            },
                            outcome={"en": "accepted 3", "zh": "接受 3"},
                            filter="ip.src == 10.10.3.57 && s7comm.param.func in {0x1a, 0x1b, 0x1c}",
                        ),
                    ),
                    devices=("00:0e:8c:11:22:33", "00:1b:1b:aa:00:01"),
                ),
            ),
            rationale=t(
                "A changed program changes what the machine does, and no operator display shows it.",
                "程序被修改后，机器的行为随之改变，而操作画面不会显示。",
            ),
            remediation=t(
                "Ask who changed the program on 3 November, compare it with the last approved version, and set the "
                "controller's access protection so that only the engineering station can load programs.",
                "查明 11 月 3 日是谁修改了程序，与最近批准的版本进行比较，"
                "并设置控制器访问保护，使其只接受工程师站的程序下装。",
            ),
            mappings=(
                Mapping(_SR, "SR 2.1"),
                Mapping(_SR, "SR 3.4"),
                Mapping(_GB, "8.5.4.1 a)"),
                Mapping(_NIST, "AC-6"),
            ),
            attack=("T0843", "T0889"),
            references=("https://attack.mitre.org/techniques/T0843/", "IEC 62443-3-3:2013, SR 2.1"),
            family="commands",
            parameters=(
                ParameterValue("longest", t("Longest block, bytes", "最长块，字节"), "2000", "1000"),
                ParameterValue("roles", {}, "[engineering_station]", "[engineering_station]"),
            ),
        ),
        RuleResult(
            "seg-undeclared-conduit",
            t("Traffic between zones uses declared conduits", "区域之间的通信只使用已声明的管道"),
            t(
                "Every flow between two zones is allowed by a conduit of the policy.",
                "两个区域之间的每条数据流都由策略中的管道允许。",
            ),
            Severity.HIGH,
            Verdict.FAIL,
            t("3 of 26 flows between zones match no conduit.", "26 条跨区域通信流中有 3 条不符合任何管道。"),
            coverage(
                26,
                3,
                1,
                t(
                    "26 flows between 7 zones in 2 captures, 3 h 53 min",
                    "2 个流量采集文件中 7 个区域之间的 26 条数据流，3 小时 53 分",
                ),
            ),
            (
                finding(
                    "0011223344556677",
                    t("Office → Filling cell, modbus", "办公网 → 灌装单元，modbus"),
                    t(
                        "10.20.0.14 in Office writes to PLC-FILL-1 in Filling cell by Modbus; "
                        "no conduit joins these zones.",
                        "办公网中的 10.20.0.14 通过 Modbus 写入灌装单元的 PLC-FILL-1；没有连接这两个区域的管道。",
                    ),
                    _write_evidence(),
                    devices=("00:1b:1b:aa:00:01", "3c:52:82:00:00:14"),
                ),
                finding(
                    "8899aabbccddeeff",
                    t("Packing cell → Internet, https", "包装单元 → 互联网，https"),
                    t(
                        "PLC-PACK-2 opens HTTPS connections to 203.0.113.80, a public address.",
                        "PLC-PACK-2 与公网地址 203.0.113.80 建立 HTTPS 连接。",
                    ),
                    (
                        Evidence(
                            PCAP_5G,
                            frames=(88, 91, 240),
                            first_time="2026-11-03T08:03:00Z",
                            last_time="2026-11-03T08:41:12Z",
                            count=6,
                            client="10.10.2.12",
                            server="203.0.113.80",
                            port=443,
                            protocol="tls",
                            message={
                                "en": "ClientHello, TLS 1.2, server name update.example.net",
                                "zh": "ClientHello, TLS 1.2, server name update.example.net",
                            },
                            outcome={"en": "accepted 6", "zh": "接受 6"},
                            filter="ip.dst == 203.0.113.80 && tls.handshake.type == 1",
                        ),
                    ),
                    devices=("00:80:f4:00:00:12",),
                ),
                finding(
                    "1234123412341234",
                    t("Site operations → Filling cell, telnet", "厂级运营 → 灌装单元，telnet"),
                    t(
                        "The historian 10.10.4.9 opened Telnet on RIO-3 (fe80::20e:8cff:fe11:2299).",
                        "历史数据库服务器 10.10.4.9 对 RIO-3（fe80::20e:8cff:fe11:2299）打开了 Telnet。",
                    ),
                    (
                        Evidence(
                            PCAP,
                            frames=(15111,),
                            first_time="2026-11-03T10:00:00Z",
                            last_time="2026-11-03T10:00:21Z",
                            count=1,
                            client="fe80::4",
                            server="fe80::20e:8cff:fe11:2299",
                            port=23,
                            protocol="telnet",
                            message={
                                "en": "Telnet session with login prompt",
                                "zh": "Telnet session with login prompt",
                            },
                            outcome={"en": "accepted 1", "zh": "接受 1"},
                            filter="ipv6.addr == fe80::20e:8cff:fe11:2299 && telnet",
                        ),
                    ),
                    devices=("00:0e:8c:11:22:99",),
                ),
                finding(
                    "feedfeedfeedfeed",
                    t("Site operations → Packing cell, ftp", "厂级运营 → 包装单元，ftp"),
                    t(
                        "The historian fetches recipes from PLC-PACK-2 by FTP.",
                        "历史数据库服务器通过 FTP 从 PLC-PACK-2 读取配方。",
                    ),
                    (
                        Evidence(
                            PCAP,
                            frames=(400, 512),
                            count=2,
                            client="10.10.4.9",
                            server="10.10.2.12",
                            port=21,
                            protocol="ftp",
                        ),
                    ),
                    waiver=t("Recipe transfer until the new PLC is delivered; approved by L. Zhang; until 2027-03-31"),
                ),
            ),
            rationale=t("Unknown paths defeat the zone model.", "未知的通信路径使分区防护失效。"),
            remediation=t(
                "Close the three paths at the cell firewall, or declare a conduit with an owner and a reason.",
                "在单元防火墙上关闭这三条路径，或声明带有责任人和理由的管道。",
            ),
            mappings=(
                Mapping(_SR, "SR 5.1"),
                Mapping(_SR, "SR 5.2"),
                Mapping(_GB, "8.1.3.1 a)"),
                Mapping(_GB, "8.9.9.9 z)"),
                Mapping(_NIST, "SC-7"),
            ),
            attack=("T0886", "T0885"),
            family="segmentation",
        ),
        RuleResult(
            "clr-telnet-enabled",
            t("Telnet is disabled on network devices", "网络设备已禁用 Telnet"),
            t("No configuration permits Telnet for management.", "任何配置都不允许使用 Telnet 进行管理。"),
            Severity.MEDIUM,
            Verdict.FAIL,
            t("1 of 2 devices permits Telnet.", "2 台设备中有 1 台允许 Telnet。"),
            coverage(2, 1, 0, t("2 configurations, 398 lines", "2 份配置，398 行")),
            (
                finding(
                    "5566778899aabbcc",
                    t("sw-cell-1, line vty 0 4", "sw-cell-1，line vty 0 4"),
                    t("sw-cell-1 accepts Telnet on vty 0 4.", "sw-cell-1 在 vty 0 4 上接受 Telnet。"),
                    (
                        Evidence(
                            SWITCH,
                            line_start=187,
                            line_end=190,
                            text="line vty 0 4\n exec-timeout 0 0\n password 7 ********\n transport input telnet ssh",
                        ),
                    ),
                ),
            ),
            rationale=t("Telnet shows the password to everyone on the path.", "Telnet 会向路径上的所有人暴露口令。"),
            remediation=t("Configure “transport input ssh”.", "配置 “transport input ssh”。"),
            mappings=(Mapping(_SR, "SR 4.1"), Mapping(_GB, "8.1.4.1 c)")),
            family="configuration",
        ),
        RuleResult(
            "ast-unknown-device",
            t("Every device seen is in the inventory", "所见设备均在资产清单中"),
            t("A device seen in the captures has a row in the inventory."),
            Severity.LOW,
            Verdict.FAIL,
            t("1 of 9 devices is not listed.", "9 台设备中有 1 台未列出。"),
            coverage(9, 1, 0, t("9 devices seen in 2 captures", "2 个流量采集文件中所见的 9 台设备")),
            (
                finding(
                    "abcdefabcdefabcd",
                    t("3c:52:82:00:00:14"),
                    t(
                        "3c:52:82:00:00:14 (HP, 10.20.0.14) is not in the inventory.",
                        "3c:52:82:00:00:14（HP，10.20.0.14）不在资产清单中。",
                    ),
                    (
                        Evidence(
                            PCAP,
                            frames=(1199,),
                            count=212,
                            client="10.20.0.14",
                            protocol="",
                            filter="eth.addr == 3c:52:82:00:00:14",
                        ),
                    ),
                    devices=("3c:52:82:00:00:14",),
                ),
            ),
            remediation=t("Identify the device, then list it or remove it.", "识别该设备，然后将其列入清单或移除。"),
            mappings=(Mapping(_SR, "SR 7.8"), Mapping(_GB, "8.1.10.2 a)")),
            family="assets",
        ),
        RuleResult(
            "cfg-no-banner",
            t("A login banner is configured", "已配置登录提示"),
            t("Each configuration has a login banner.", "每份配置都有登录提示。"),
            Severity.INFO,
            Verdict.FAIL,
            t("1 of 2 devices has no banner.", "2 台设备中有 1 台没有提示。"),
            coverage(2, 1, 0, t("2 configurations", "2 份配置")),
            (
                finding(
                    "0f0f0f0f0f0f0f0f",
                    t("sw-cell-1"),
                    t("sw-cell-1 has no login banner.", "sw-cell-1 没有登录提示。"),
                    (Evidence(SWITCH, line_start=1, line_end=1, text="hostname sw-cell-1"),),
                ),
            ),
            mappings=(Mapping(_SR, "SR 1.12"),),
            family="configuration",
        ),
    )


def _others() -> tuple[RuleResult, ...]:
    waiver = t("Old label printer, isolated by port ACL; approved by M. Chen; until 2026-12-31")
    return (
        RuleResult(
            "cry-tls-version",
            t("TLS 1.2 or newer is used", "使用 TLS 1.2 或更高版本"),
            t("No session negotiates SSL 3.0, TLS 1.0 or TLS 1.1.", "没有会话协商 SSL 3.0、TLS 1.0 或 TLS 1.1。"),
            Severity.MEDIUM,
            Verdict.WAIVED,
            t("The only failing session is covered by a waiver.", "唯一不符合的会话已被豁免。"),
            coverage(7, 0, 1, t("7 TLS sessions", "7 个 TLS 会话")),
            (
                finding(
                    "7777777777777777",
                    t("10.10.3.80:443"),
                    t("The label printer negotiates TLS 1.0.", "标签打印机协商 TLS 1.0。"),
                    (
                        Evidence(
                            PCAP,
                            frames=(77,),
                            count=1,
                            client="10.10.3.5",
                            server="10.10.3.80",
                            port=443,
                            protocol="tls",
                            message={"en": "ServerHello, TLS 1.0", "zh": "ServerHello, TLS 1.0"},
                        ),
                    ),
                    waiver=waiver,
                ),
            ),
            mappings=(Mapping(_SR, "SR 4.3"),),
            family="cryptography",
        ),
        RuleResult(
            "cmd-plc-stop",
            t("Controllers are stopped by authorised clients only", "只有授权客户端可以停止控制器"),
            t("Every stop command comes from a permitted client.", "每个停止命令都来自允许的客户端。"),
            Severity.CRITICAL,
            Verdict.PASS,
            t("All 4 stop commands came from the engineering station.", "全部 4 条停止命令都来自工程师站。"),
            coverage(
                4,
                0,
                0,
                t(
                    "4 stop commands by 1 client in 2 captures, 3 h 53 min",
                    "2 个流量采集文件中 1 个客户端的 4 条停止命令，3 小时 53 分",
                ),
            ),
            mappings=(Mapping(_SR, "SR 2.1"), Mapping(_GB, "8.5.4.1 a)")),
            attack=("T0858",),
            family="commands",
        ),
        RuleResult(
            "clr-snmp-default-community",
            t("No default SNMP community", "没有默认 SNMP 团体名"),
            t("No configuration has a community that is a maker's default.", "任何配置都没有厂商默认团体名。"),
            Severity.HIGH,
            Verdict.PASS,
            t("None of 3 communities is a default.", "3 个团体名均非默认值。"),
            coverage(3, 0, 0, t("3 communities in 2 configurations", "2 份配置中的 3 个团体名")),
            mappings=(Mapping(_SR, "SR 1.5"), Mapping(_NIST, "IA-5")),
            family="configuration",
        ),
        RuleResult(
            "cry-certificate-expired",
            t("Certificates are valid", "证书在有效期内"),
            t("Certificates seen in handshakes are within their validity.", "握手中所见证书均在有效期内。"),
            Severity.HIGH,
            Verdict.NO_EVIDENCE,
            t(
                "All 7 TLS sessions hide the certificate (TLS 1.3) or resume an earlier session. A capture that shows "
                "a full TLS 1.2 handshake, or the certificate files, would allow a verdict.",
                "全部 7 个 TLS 会话都隐藏了证书（TLS 1.3）或恢复了先前会话。"
                "需要包含完整 TLS 1.2 握手的流量采集文件或证书文件才能判定。",
            ),
            coverage(0, 0, 0, t("7 TLS sessions, no certificate", "7 个 TLS 会话，没有证书")),
            mappings=(Mapping(_SR, "SR 1.8"),),
            family="cryptography",
        ),
        RuleResult(
            "cfg-idle-timeout",
            t("Management sessions end when idle", "管理会话空闲时结束"),
            t("Each management line has an idle timeout.", "每条管理线路都有空闲超时。"),
            Severity.MEDIUM,
            Verdict.NO_EVIDENCE,
            t("No configuration of the router was given.", "未提供路由器的配置。"),
            Coverage(),
            mappings=(Mapping(_SR, "SR 2.5"), Mapping(_SR, "SR 2.6")),
            family="configuration",
        ),
        RuleResult(
            "cmd-iec104-control",
            t("IEC 60870-5-104 commands come from the control centre", "IEC 60870-5-104 命令来自控制中心"),
            t("Every command ASDU comes from a permitted station.", "每个命令 ASDU 都来自允许的站。"),
            Severity.HIGH,
            Verdict.NOT_APPLICABLE,
            t(
                "No device speaks IEC 60870-5-104, and the inventory lists none.",
                "没有设备使用 IEC 60870-5-104，资产清单中也没有。",
            ),
            Coverage(),
            mappings=(Mapping(_SR, "SR 2.1"),),
            family="commands",
        ),
        RuleResult(
            "clr-http-credentials",
            t("No password crosses the network in HTTP", "HTTP 中没有传输口令"),
            t("No HTTP request carries credentials without TLS.", "没有 HTTP 请求在无 TLS 的情况下携带凭据。"),
            Severity.HIGH,
            Verdict.ERROR,
            t(
                "The HTTP dissector failed on 2 messages; this is a defect of otaudit.",
                "HTTP 解析器在 2 条消息上失败；这是 otaudit 的缺陷。",
            ),
            coverage(12, 0, 0),
            mappings=(Mapping(_SR, "SR 4.1"),),
            family="cleartext",
        ),
        RuleResult(
            "cmd-restart",
            t("Commands that change the operating state of a controller", "改变控制器运行状态的指令"),
            t("Every restart comes from an engineering station.", "每次重启都来自工程师站。"),
            Severity.CRITICAL,
            Verdict.REVIEW,
            t("1 of 1 operation must be confirmed.", "1 次操作中有 1 次待确认。"),
            coverage(1, 0, 0, t("1 operation in 1 capture"), review=1),
            (
                finding(
                    "4242424242424242",
                    t("10.10.3.20, 10.10.2.12, modbus, stop"),
                    t(
                        "ENG-1 (10.10.3.20) sent modbus stop to PLC-PACK-2 (10.10.2.12), once.",
                        "ENG-1（10.10.3.20）向 PLC-PACK-2（10.10.2.12）发送 modbus 停止指令 1 次。",
                    ),
                    (Evidence(PCAP, frames=(8123,), count=1, client="10.10.3.20", server="10.10.2.12", port=502),),
                    status=Status.REVIEW,
                ),
            ),
            mappings=(Mapping(_SR, "SR 2.1"),),
            family="commands",
        ),
    )


def _requirement(
    number: str,
    title: Text,
    verdict: Verdict | None,
    *rules: str,
    confidence: str = "V2",
    manual: Text | None = None,
    level: str = "1",
) -> RequirementResult:
    return RequirementResult(
        number, title, verdict, rules, confidence, manual or {}, f"SL {level}" if level.isdigit() else level
    )


def _frameworks() -> tuple[FrameworkResult, ...]:
    process = t("Procedures and training stay to be examined.", "制度和培训仍需人工检查。")
    r = _requirement
    return (
        FrameworkResult(
            _SR,
            t("IEC 62443-3-3 System security requirements", "IEC 62443-3-3 系统安全要求"),
            "2013",
            (
                r(
                    "SR 1.5",
                    t("Authenticator management", "鉴别器管理"),
                    Verdict.PASS,
                    "clr-snmp-default-community",
                    manual=process,
                ),
                r(
                    "SR 1.8",
                    t("Public key infrastructure certificates", "公钥基础设施证书"),
                    Verdict.NO_EVIDENCE,
                    "cry-certificate-expired",
                    level="2",
                ),
                r(
                    "SR 1.10",
                    t("Authenticator feedback", "鉴别器反馈"),
                    None,
                    manual=t("Look at login screens.", "检查登录界面。"),
                ),
                r("SR 1.12", t("System use notification", "系统使用提示"), Verdict.FAIL, "cfg-no-banner"),
                r(
                    "SR 2.1",
                    t("Authorization enforcement", "授权执行"),
                    Verdict.FAIL,
                    "cmd-program-download",
                    "cmd-plc-stop",
                    "cmd-iec104-control",
                    manual=process,
                ),
                r("SR 2.5", t("Session lock", "会话锁定"), Verdict.NO_EVIDENCE, "cfg-idle-timeout"),
                r(
                    "SR 2.6",
                    t("Remote session termination", "远程会话终止"),
                    Verdict.NO_EVIDENCE,
                    "cfg-idle-timeout",
                    level="2",
                ),
                r(
                    "SR 3.4",
                    t("Software and information integrity", "软件和信息完整性"),
                    Verdict.FAIL,
                    "cmd-program-download",
                    confidence="D",
                    manual=t("Sources disagree on level 1 (COR1:2014).", "各来源对第 1 级的说法不一致（COR1:2014）。"),
                ),
                r(
                    "SR 4.1",
                    t("Information confidentiality", "信息保密性"),
                    Verdict.FAIL,
                    "clr-telnet-enabled",
                    "clr-http-credentials",
                ),
                r("SR 4.3", t("Use of cryptography", "密码的使用"), Verdict.WAIVED, "cry-tls-version"),
                r("SR 5.1", t("Network segmentation", "网络分段"), Verdict.FAIL, "seg-undeclared-conduit"),
                r(
                    "SR 5.2",
                    t("Zone boundary protection", "区域边界防护"),
                    Verdict.FAIL,
                    "seg-undeclared-conduit",
                    manual=process,
                ),
                r(
                    "SR 7.8",
                    t("Control system component inventory", "控制系统部件清单"),
                    Verdict.FAIL,
                    "ast-unknown-device",
                ),
            ),
        ),
        FrameworkResult(
            _GB,
            t(
                "GB/T 22239-2019 Baseline for classified protection, level 3",
                "GB/T 22239-2019 网络安全等级保护基本要求 第三级",
            ),
            "2019",
            (
                r(
                    "8.1.3.1 a)",
                    t("Boundary protection", "边界防护"),
                    Verdict.FAIL,
                    "seg-undeclared-conduit",
                    confidence="V",
                    level="3",
                ),
                r(
                    "8.1.4.1 c)",
                    t("Identity authentication", "身份鉴别"),
                    Verdict.FAIL,
                    "clr-telnet-enabled",
                    confidence="S",
                    level="3",
                ),
                r(
                    "8.1.10.2 a)",
                    t("Asset management", "资产管理"),
                    Verdict.FAIL,
                    "ast-unknown-device",
                    confidence="S",
                    level="3",
                ),
                r(
                    "8.5.4.1 a)",
                    t("Control device security", "控制设备安全"),
                    Verdict.FAIL,
                    "cmd-program-download",
                    "cmd-plc-stop",
                    confidence="V",
                    level="3",
                ),
                r(
                    "8.9.9.9 z)",
                    t("A requirement known from memory alone", "仅凭记忆的要求"),
                    Verdict.FAIL,
                    "seg-undeclared-conduit",
                    confidence="M",
                    level="3",
                ),
                r(
                    "8.1.6.1",
                    t("Security policy", "安全策略"),
                    None,
                    confidence="V",
                    manual=t("Examine the documents.", "检查文件。"),
                    level="3",
                ),
            ),
        ),
        FrameworkResult(
            _NIST,
            t("NIST SP 800-82r3 / SP 800-53r5 overlay", "NIST SP 800-82r3 / SP 800-53r5 覆盖层"),
            "r3 (2023)",
            (
                r(
                    "AC-6",
                    t("Least privilege", "最小权限"),
                    Verdict.FAIL,
                    "cmd-program-download",
                    confidence="V",
                    level="moderate",
                ),
                r(
                    "IA-5",
                    t("Authenticator management", "鉴别器管理"),
                    Verdict.PASS,
                    "clr-snmp-default-community",
                    confidence="V",
                    level="moderate",
                ),
                r(
                    "SC-7",
                    t("Boundary protection", "边界防护"),
                    Verdict.FAIL,
                    "seg-undeclared-conduit",
                    confidence="V",
                    level="moderate",
                ),
            ),
        ),
    )


def _device(ids: str, zone: str, level: float | None, about: str, *protocols: str, **more: Any) -> DeviceRow:
    """``ids`` is "MAC name IP", ``about`` is "role|maker|model"."""
    mac, name, ip = ids.split(" ")
    role, maker, model = about.split("|")
    values: dict[str, Any] = {"listed": True, "seen": True, "firmware": "", "serial": "", "packets": 0} | more
    roles = (role,) if role else ()
    identities = sample_observed.IDENTITIES if name == "PLC-FILL-1" else ()
    usual = {"vlans": (), "order_number": "", "serves": (), "identities": identities}
    values = usual | {"vendor": maker, "model": model, "protocols": protocols} | values
    return DeviceRow(mac, name, zone, level, roles, (ip,), mac, oui_vendor=maker, **values)


def _devices() -> tuple[DeviceRow, ...]:
    d = _device
    return (
        d(
            "00:1b:1b:aa:00:01 PLC-FILL-1 10.10.1.11",
            "cell-fill",
            1.0,
            "controller|Siemens AG|CPU 1512C-1 PN",
            "s7comm",
            "modbus",
            "profinet-dcp",
            firmware="V2.8.1",
            serial="S C-L3J12345",
            packets=6122,
            conflicts=({"en": "firmware: listed 2.8, seen 2.9", "zh": "固件：清单为 2.8，所见为 2.9"},),
            reasons=({"en": "answered 12 s7comm requests", "zh": "应答了 12 次 s7comm 请求"},),
        ),
        d(
            "00:80:f4:00:00:12 PLC-PACK-2 10.10.2.12",
            "cell-pack",
            1.0,
            "controller|Schneider Electric|M340 BMX P34 2020",
            "modbus",
            "tls",
            "ftp",
            firmware="3.20",
            packets=3870,
        ),
        d(
            "00:0e:8c:11:22:33 HMI-02 10.10.3.57",
            "ops",
            2.0,
            "hmi|Siemens AG|TP1200 Comfort",
            "s7comm",
            "modbus",
            packets=4011,
        ),
        d(
            "00:0e:8c:11:22:99 RIO-3 fe80::20e:8cff:fe11:2299",
            "cell-fill",
            0.0,
            "io_device|Siemens AG|ET 200SP",
            "profinet",
            "telnet",
            packets=2200,
        ),
        d(
            "00:50:56:01:02:03 SCADA-1 10.10.3.5",
            "ops",
            2.0,
            "scada_server|VMware, Inc.|",
            "modbus",
            "s7comm",
            "tls",
            packets=5400,
        ),
        d(
            "00:50:56:01:02:09 HIST-1 10.10.4.9",
            "site",
            3.0,
            "historian|VMware, Inc.|",
            "telnet",
            "ftp",
            "opcua",
            packets=1204,
        ),
        d("00:50:56:01:02:0a ENG-1 10.10.3.20", "ops", 2.0, "engineering_station|Dell Inc.|", "s7comm", packets=871),
        d(
            "3c:52:82:00:00:14 3c:52:82:00:00:14 10.20.0.14",
            "office",
            4.0,
            "|Hewlett Packard|",
            "modbus",
            listed=False,
            packets=212,
        ),
        d(
            "38:94:ed:00:00:05 5G-GW-1 10.10.5.1",
            "edge",
            3.5,
            "router|Huawei Technologies|AR503",
            "gtp-u",
            packets=4120,
        ),
        d(
            "00:1d:9c:77:00:31 PLC-CAP-3 10.10.6.31",
            "cell-cap",
            1.0,
            "controller|Rockwell Automation|1769-L33ER",
            listed=True,
            seen=False,
        ),
    )


def _zones() -> tuple[ZoneRow, ...]:
    return (
        ZoneRow("office", "Office 办公网", 4.0, 1, 1),
        ZoneRow("edge", "5G edge", 3.5, 2, 1),
        ZoneRow("site", "Site operations 厂级运营", 3.0, 2, 1),
        ZoneRow("ops", "Control room", 2.0, 2, 3),
        ZoneRow("cell-fill", "Filling cell 灌装单元", 1.0, 3, 2),
        ZoneRow("cell-pack", "Packing cell", 1.0, 2, 1),
        ZoneRow("cell-cap", "Capping cell", 1.0, 2, 1),
    )


def _traffic() -> tuple[TrafficRow, ...]:
    return (
        TrafficRow("ops", "cell-fill", ("modbus", "s7comm"), 14, 9120, 812_000, True, "c-ops-fill"),
        TrafficRow("ops", "cell-pack", ("modbus",), 6, 4120, 402_112, True, "c-ops-pack"),
        TrafficRow("ops", "cell-cap", ("ethernet-ip",), 0, 0, 0, True, "c-ops-cap"),
        TrafficRow("site", "ops", ("opcua", "tls"), 7, 1204, 240_933, True, "c-site-ops"),
        TrafficRow("office", "site", ("tls",), 3, 402, 96_000, True, "c-office-site"),
        TrafficRow("office", "cell-fill", ("modbus",), 2, 212, 20_100, False),
        TrafficRow("site", "cell-fill", ("telnet",), 1, 48, 2_900, False),
        TrafficRow("site", "cell-pack", ("ftp",), 2, 96, 18_400, False),
        TrafficRow("cell-pack", "", ("tls",), 6, 310, 84_000, False),
        TrafficRow("edge", "cell-pack", ("gtp-u", "modbus"), 4, 3100, 301_000, True, "c-edge-pack"),
        TrafficRow("", "edge", ("ntp",), 1, 12, 900, None),
        TrafficRow("cell-fill", "cell-fill", ("profinet", "arp"), 3, 2200, 140_000, True),
    )


def _profile_use() -> ProfileUse:
    title = t("Longest time without input", "无输入的最长时间")
    return ProfileUse(
        chain=(
            ProfileFile("iec62443-sl1", t("IEC 62443-3-3 for SL-T 1"), "rules/profiles/iec62443-sl1.yaml", "a" * 64),
            ProfileFile("iec62443-sl2", t("IEC 62443-3-3 for SL-T 2", "目标安全等级 SL-T 2"), "site.yaml", "b" * 64),
        ),
        extends=("iec62443-sl1",),
        selected=107,
        added=("port-scan",),
        excluded=("login-banner-missing",),
        changes=(
            Change("telnet-enabled", "", {}, "high", "critical"),
            Change("session-timeout-missing", "idle", title, "10m", "5m"),
            Change("port-scan", "ports", {}, "15", "30"),
        ),
        minimum_duration=600.0,
        minimum_duration_before=60.0,
        left_out={"login-banner-missing": "low", "values-forced": "critical"},
    )


def _techniques() -> tuple[TechniqueRow, ...]:
    execution, impair = ("execution", "evasion"), ("impair-process-control",)
    return (
        TechniqueRow("T0858", "Change Operating Mode", execution, TechniqueState.SEEN, ("a", "b"), ("a",)),
        TechniqueRow("T0812", "Default Credentials", ("lateral-movement",), TechniqueState.EXPOSED, ("c",), ("c",)),
        TechniqueRow("T0836", "Modify Parameter", impair, TechniqueState.NOT_SEEN, ("b",), ()),
        TechniqueRow("T0856", "Spoof Reporting Message", impair, TechniqueState.NOT_JUDGED, ("b",), ()),
        TechniqueRow("T0874", "Hooking", ("execution", "privilege-escalation"), TechniqueState.NOT_DETECTABLE, (), ()),
    )


def _answers() -> tuple[AnswerRow, ...]:
    who, day, file = "J. Meier, plant security officer", "2026-11-02", "answers.yaml"
    return (
        AnswerRow(
            Answered.PARTLY_MET, AnswerState.COUNTS, "", who, day, "2027-11-30", "reviews/a.pdf", "ab" * 32, "fits",
            "Contractors' accounts are reviewed once a year only.", file, 5,
        ),
        AnswerRow(Answered.MET, AnswerState.EXPIRED, "ops", who, "2024-11-02", "2025-11-01", "", "", "", "", file, 14),
        AnswerRow(Answered.MET, AnswerState.CONTRADICTED, "", who, day, "", "", "", "", "", file, 21, "SR 1.1"),
    )  # fmt: skip


def answered(
    frameworks: tuple[FrameworkResult, ...], rules: tuple[RuleResult, ...], zones: tuple[ZoneRow, ...]
) -> tuple[FrameworkResult, ...]:
    """The frameworks with answers of people to the last requirement of the first, and where all requirements stand."""
    names, known = [zone.zone for zone in zones], {rule.rule: rule for rule in rules}
    first, *others = frameworks
    last = dataclasses.replace(first.requirements[-1], answers=_answers(), judged_by=("configuration", "people"))
    asked = dataclasses.replace(first, requirements=(*first.requirements[:-1], last))
    return tuple(
        counted_by_standing(
            dataclasses.replace(f, requirements=tuple(placed(r, known, names) for r in f.requirements)), names
        )
        for f in (asked, *others)
    )


def plant() -> Results:
    """The sample plant: seven zones, twelve rules, every verdict."""
    rules, zones = tuple(map(counted, _failing() + _others())), _zones()
    return Results(
        site="Bottling plant Suzhou 苏州灌装厂",
        profile="iec62443-sl2",
        run=Run("2026-11-24T23:31:47Z", 1.84, "0.1.0"),
        inputs=_inputs(),
        problems=(
            ProblemRow(
                PCAP_5G,
                t("byte 901404", "第 901404 字节"),
                t("the file ends in the middle of packet 4,121", "文件在第 4,121 个数据包中间中断"),
                t("capture again; the first 4,120 packets were used", "请重新采集流量；前 4,120 个数据包已使用"),
            ),
            ProblemRow(
                INVENTORY,
                t("row 9", "第 9 行"),
                t("10.10.6.300 is not an IP address", "10.10.6.300 不是 IP 地址"),
                t("correct the cell; the rest of the row was used", "请更正该单元格；该行其余部分已使用"),
            ),
        ),
        rules=rules,
        frameworks=answered(_frameworks(), rules, zones),
        devices=_devices(),
        zones=zones,
        traffic=_traffic(),
        outside=(),
        profile_use=_profile_use(),
        waivers=(
            WaiverRow(
                POLICY,
                41,
                "telnet-enabled",
                {"device": "sw-*", "item": "vty 0 4"},
                "no SSH image for this switch",
                "Head of operations",
                "2027-06-30",
                "2026-12-31",
                "an access list for the jump host alone",
                WaiverState.IN_FORCE,
                2,
            ),
            WaiverRow(POLICY, 60, "port-scan", {}, "old", "Head", "", "", "", WaiverState.UNUSED, 0),
        ),
        reach=sample_observed.reach(),
        techniques=_techniques(),
        attack_version="18.1",
        operations=sample_observed.operations(),
        commands=sample_observed.commands(),
        sessions=sample_observed.sessions(),
        settings=sample_observed.settings(),
        unrecognised=sample_observed.unrecognised(),
        publications=sample_observed.publications(),
        exports=sample_observed.exports(),
        cables=sample_observed.cables(),
        occupied_ports=sample_observed.occupied_ports(),
        protocols=sample_observed.protocols(),
        complete=False,
    )


def clean_plant() -> Results:
    """The same plant when nothing fails."""
    sample = plant()
    return dataclasses.replace(
        sample, rules=tuple(r for r in sample.rules if r.verdict is Verdict.PASS), problems=(), complete=True
    )


def empty() -> Results:
    """The results of rules and inputs that are not there."""
    return Results("", "", Run("", 0.0, "0.1.0"), (), (), (), (), (), (), ())


def without_policy() -> Results:
    """The sample seen without a policy: traffic between addresses, no zones."""
    pairs = [
        ("10.10.3.5", "10.10.1.11"),
        ("10.10.3.5", "10.10.2.12"),
        ("10.10.3.57", "10.10.1.11"),
        ("10.10.4.9", "10.10.3.5"),
        ("10.20.0.14", "10.10.1.11"),
        ("10.10.2.12", "203.0.113.80"),
        ("fe80::4", "fe80::20e:8cff:fe11:2299"),
        ("00:0e:8c:11:22:99", "00:1b:1b:aa:00:01"),
    ]
    traffic = tuple(TrafficRow(a, b, ("modbus",), n, n * 100, n * 9000, None) for n, (a, b) in enumerate(pairs, 1))
    devices = tuple(dataclasses.replace(d, zone="", level=None, listed=None) for d in plant().devices)
    return dataclasses.replace(plant(), site="", zones=(), traffic=traffic, devices=devices)


def with_zones(count: int) -> Results:
    """The sample with ``count`` zones over the levels and much traffic between them."""
    levels = (1.0, 2.0, 3.0, 1.0, 3.5, 4.0, 1.0, 0.0, 2.0, 1.0, 5.0, 1.0, 0.0, 3.0, None)
    zones = tuple(ZoneRow(f"z{n}", f"Zone number {n}", levels[n % len(levels)], n % 4 + 1, n) for n in range(count))
    traffic = []
    for a in range(count):
        for b in range(count):
            if a != b and (a * 7 + b * 3) % 5 == 0:
                verdict = (True, False, None)[(a + b) % 3] if (a + b) % 4 == 0 else True
                traffic.append(TrafficRow(f"z{a}", f"z{b}", ("modbus", "s7comm"), a + 1, a * b * 10 + 5, 1000, verdict))
    return dataclasses.replace(plant(), zones=zones, traffic=tuple(traffic))


def huge(findings: int = 5_000, devices: int = 2_000) -> Results:
    """A large plant: findings spread over the failing rules, many devices."""
    sample = plant()
    failing = [r for r in sample.rules if r.verdict is Verdict.FAIL]
    share = findings // len(failing)
    grown = []
    for rule in sample.rules:
        if rule.verdict is not Verdict.FAIL:
            grown.append(rule)
            continue
        model = rule.findings[0]
        many = tuple(
            dataclasses.replace(
                model,
                id=f"{rule.rule}-{n:08x}",
                subject=t(f"{n}: {model.subject['en']}"),
                message={k: f"{n}: {v}" for k, v in model.message.items()},
            )
            for n in range(share)
        )
        of = coverage(share * 2, share, 0, rule.coverage.text)
        grown.append(counted(dataclasses.replace(rule, findings=many, coverage=of)))
    first = sample.devices[0]
    fleet = tuple(
        dataclasses.replace(
            first,
            device=f"dev-{n}",
            name=f"PLC-{n:04d}",
            ips=(f"10.{n >> 8}.{n & 255}.10",),
            mac=f"00:1b:1b:00:{n >> 8:02x}:{n & 255:02x}",
            packets=n,
        )
        for n in range(devices)
    )
    return dataclasses.replace(sample, rules=tuple(grown), devices=fleet)


def map_texts(value: Any, change: Callable[[str, str], str], path: str = "") -> Any:
    """A copy of the results in which every text field (not an enum) is what ``change(path, text)`` returns."""
    if type(value) is str:
        return change(path, value)
    if isinstance(value, tuple):
        return tuple(map_texts(v, change, path) for v in value)
    if isinstance(value, dict):
        return {k: map_texts(v, change, f"{path}.{k}") for k, v in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {
            f.name: map_texts(getattr(value, f.name), change, f"{path}.{f.name}") for f in dataclasses.fields(value)
        }
        return dataclasses.replace(value, **changed)
    return value


HOSTILE = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "' onmouseover='document.title=1' x='",
    "</style></svg></title></textarea>--><script>document.title='owned'</script>",
    "]]></failure><!-- {{ 7*7 }} {% raw %} ${7*7} <![CDATA[",
    "\x1b[31mred\x1b[0m \x00\x07\x08 \x9b2J \u202egnp.exe \ud800 \udcff \ufffe [bold]markup[/bold] :smile:",
    "javascript:document.title='owned'",
    "https://example.org/\"><script>document.title='owned'</script>",
)


def hostile() -> Results:
    """The sample with hostile text in every text field; references between fields are kept by giving equal texts."""
    index: dict[str, int] = {}

    def change(_path: str, text: str) -> str:
        n = index.setdefault(text, len(index))
        return f"{HOSTILE[n % len(HOSTILE)]}{n}"

    results = map_texts(plant(), change)
    assert isinstance(results, Results)
    return results
