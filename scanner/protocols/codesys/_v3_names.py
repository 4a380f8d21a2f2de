"""Service groups and services of CODESYS V3 with their verbs, packet types and result codes.

Names as published dissectors and Microsoft's ICS Forensics Tools write them (CmpDevice, CmpApp ...), numbers as the
runtime's public interface headers define them.
"""

from __future__ import annotations

from scanner.protocols.base import Verb

Services = dict[int, tuple[str, Verb]]

_DEVICE: Services = {
    0x01: ("GetTargetIdent", Verb.IDENTIFY),
    0x02: ("Login", Verb.AUTHENTICATE),
    0x03: ("Logout", Verb.SESSION),
    0x04: ("ResetOrigin", Verb.RESTART),
    0x05: ("EchoService", Verb.DIAGNOSE),
    0x06: ("SetOperatingMode", Verb.MODE_CHANGE),
    0x07: ("GetOperatingMode", Verb.READ),
    0x08: ("InteractiveLogin", Verb.AUTHENTICATE),
    0x09: ("RenameNode", Verb.CONFIGURE),
    0x0A: ("SessionCreate", Verb.SESSION),
    0x0B: ("ResetOriginGetConfig", Verb.READ),
}
_APP: Services = {
    0x01: ("Login", Verb.SESSION),
    0x02: ("Logout", Verb.SESSION),
    0x03: ("CreateApp", Verb.PROGRAM_DOWNLOAD),
    0x04: ("DeleteApp", Verb.PROGRAM_DOWNLOAD),
    0x05: ("Download", Verb.PROGRAM_DOWNLOAD),
    0x06: ("OnlineChange", Verb.PROGRAM_DOWNLOAD),
    0x07: ("DeviceDownload", Verb.PROGRAM_DOWNLOAD),
    0x08: ("CreateDevApp", Verb.PROGRAM_DOWNLOAD),
    0x10: ("Start", Verb.START),
    0x11: ("Stop", Verb.STOP),
    0x12: ("Reset", Verb.RESTART),
    0x13: ("SetBP", Verb.OPERATE),
    0x14: ("ReadStatus", Verb.READ),
    0x15: ("DeleteBP", Verb.OPERATE),
    0x16: ("ReadCallStack", Verb.READ),
    0x17: ("GetAreaOffset", Verb.READ),
    0x18: ("ReadAppList", Verb.READ),
    0x19: ("SetNextStatement", Verb.OPERATE),
    0x20: ("ReleaseForceList", Verb.WRITE),
    0x21: ("UploadForceList", Verb.READ),
    0x22: ("SingleCycle", Verb.OPERATE),
    0x23: ("CreateBootProject", Verb.PROGRAM_DOWNLOAD),
    0x24: ("ReInitApp", Verb.RESTART),
    0x25: ("ReadAppStateList", Verb.READ),
    0x26: ("LoadBootApp", Verb.START),
    0x27: ("RegisterBootApp", Verb.PROGRAM_DOWNLOAD),
    0x28: ("CheckFileConsistency", Verb.READ),
    0x29: ("ReadAppInfo", Verb.READ),
    0x30: ("DownloadCompact", Verb.PROGRAM_DOWNLOAD),
    0x31: ("ReadProjectInfo", Verb.READ),
    0x32: ("DefineFlow", Verb.DIAGNOSE),
    0x33: ("ReadFlowValues", Verb.READ),
    0x34: ("DownloadEncrypted", Verb.PROGRAM_DOWNLOAD),
    0x35: ("ReadAppContent", Verb.PROGRAM_UPLOAD),
    0x36: ("SaveRetains", Verb.FILE_WRITE),
    0x37: ("RestoreRetains", Verb.WRITE),
    0x38: ("GetAreaAddress", Verb.READ),
    0x39: ("LeaveExecpointsActive", Verb.OPERATE),
    0x40: ("ClaimExecpointsForApp", Verb.OPERATE),
}
_SETTINGS: Services = {
    0x01: ("GetIntValue", Verb.READ),
    0x02: ("SetIntValue", Verb.CONFIGURE),
    0x03: ("GetStringValue", Verb.READ),
    0x04: ("SetStringValue", Verb.CONFIGURE),
    0x05: ("RemoveKey", Verb.CONFIGURE),
    0x06: ("ReadSettings", Verb.READ),
    0x07: ("WriteSettings", Verb.CONFIGURE),
}
# Download means towards the controller.
_FILES: Services = {
    0x01: ("GetFileInfo", Verb.FILE_READ),
    0x02: ("StartDownload", Verb.FILE_WRITE),
    0x03: ("RestartDownload", Verb.FILE_WRITE),
    0x04: ("Download", Verb.FILE_WRITE),
    0x05: ("StartUpload", Verb.FILE_READ),
    0x06: ("RestartUpload", Verb.FILE_READ),
    0x07: ("Upload", Verb.FILE_READ),
    0x08: ("End", Verb.SESSION),
    0x09: ("Cancel", Verb.SESSION),
    0x0A: ("SafeSignature", Verb.FILE_WRITE),
    0x0B: ("GetSafeSignature", Verb.FILE_READ),
    0x0C: ("GetDirInfo", Verb.FILE_READ),
    0x0D: ("CancelGetDirInfo", Verb.SESSION),
    0x0E: ("DeleteFile", Verb.FILE_DELETE),
    0x0F: ("RenameFile", Verb.FILE_WRITE),
    0x10: ("CreateDir", Verb.FILE_WRITE),
    0x11: ("DeleteDir", Verb.FILE_DELETE),
    0x12: ("RenameDir", Verb.FILE_WRITE),
    0x14: ("SyncFileTransfer", Verb.FILE_WRITE),
}
_VARIABLES: Services = {
    0x01: ("RegisterVarList", Verb.SUBSCRIBE),
    0x02: ("UnRegisterVarList", Verb.SUBSCRIBE),
    0x03: ("ReadVarList", Verb.READ),
    0x04: ("WriteVarList", Verb.WRITE),
    0x05: ("ReadVars", Verb.READ),
    0x06: ("WriteVars", Verb.WRITE),
    0x07: ("GetRootNodes", Verb.READ),
    0x08: ("GetChildrenNodes", Verb.READ),
    0x09: ("GetTypes", Verb.READ),
    0x0A: ("GetAddressInfo", Verb.READ),
    0x0B: ("RemoveVarsFromList", Verb.SUBSCRIBE),
    0x0C: ("GetSymbolSets", Verb.READ),
    0x0D: ("ConfigureSymbolSet", Verb.CONFIGURE),
}
_USERS: Services = {
    0x01: ("ReadUserManagement", Verb.READ),
    0x02: ("WriteUserManagement", Verb.CONFIGURE),
    0x03: ("ReadUserRights", Verb.READ),
    0x04: ("WriteUserRights", Verb.CONFIGURE),
    0x05: ("UserAdd", Verb.CONFIGURE),
    0x06: ("UserDelete", Verb.CONFIGURE),
    0x07: ("UserChangePassword", Verb.CONFIGURE),
}
_TRACE: Services = {
    number: (name, Verb.DIAGNOSE)
    for number, name in enumerate(
        (
            "PacketReadList",
            "PacketCreate",
            "PacketDelete",
            "PacketComplete",
            "PacketOpen",
            "PacketClose",
            "PacketRead",
            "PacketGetState",
            "PacketGetConfig",
            "PacketStart",
            "PacketStop",
            "PacketRestart",
            "RecordAdd",
            "RecordRemove",
            "RecordGetConfig",
            "RecordResetTrigger",
            "PacketStore",
            "PacketRestore",
            "GetConfigFromFile",
        ),
        1,
    )
}
_CERTIFICATES: Services = {
    0x01: ("ImportCert", Verb.CONFIGURE),
    0x02: ("ExportCert", Verb.READ),
    0x03: ("DeleteCert", Verb.CONFIGURE),
    0x04: ("MoveCert", Verb.CONFIGURE),
    0x05: ("ListCerts", Verb.READ),
    0x06: ("ListUseCases", Verb.READ),
    0x07: ("CreateSelfSigned", Verb.CONFIGURE),
    0x08: ("CreateRequest", Verb.CONFIGURE),
    0x09: ("GetStatus", Verb.READ),
}
# group -> (name, services, verb of services that are not named)
GROUPS: dict[int, tuple[str, Services, Verb]] = {
    0x01: ("CmpDevice", _DEVICE, Verb.UNKNOWN),
    0x02: ("CmpApp", _APP, Verb.UNKNOWN),
    0x03: (
        "CmpMonitor",
        {1: ("Read", Verb.READ), 2: ("Write", Verb.WRITE), 3: ("Force", Verb.WRITE)},
        Verb.UNKNOWN,
    ),
    0x04: ("CmpVisuServer", {}, Verb.UNKNOWN),
    0x05: ("CmpLog", {1: ("GetEntries", Verb.READ), 2: ("GetComponentNames", Verb.READ)}, Verb.UNKNOWN),
    0x06: ("CmpSettings", _SETTINGS, Verb.UNKNOWN),
    0x07: ("SysEthernet", {0x76: ("GetSockAdapterInfo", Verb.READ), 0x77: ("GetAdapterInfo", Verb.READ)}, Verb.UNKNOWN),
    0x08: ("CmpFileTransfer", _FILES, Verb.UNKNOWN),
    0x09: ("CmpIecVarAccess", _VARIABLES, Verb.UNKNOWN),
    0x0A: ("CmpComponentManager", {}, Verb.UNKNOWN),
    0x0B: (
        "CmpIoMgr",
        {
            1: ("ScanModules", Verb.DIAGNOSE),
            2: ("Identify", Verb.IDENTIFY),
            3: ("Nominate", Verb.CONFIGURE),
            4: ("UploadDescription", Verb.READ),
        },
        Verb.UNKNOWN,
    ),
    0x0C: ("CmpUserMgr", _USERS, Verb.UNKNOWN),
    0x0F: ("CmpTraceMgr", _TRACE, Verb.UNKNOWN),
    0x11: ("PlcShell", {1: ("Command", Verb.OPERATE), 2: ("CommandCancel", Verb.SESSION)}, Verb.UNKNOWN),
    0x12: ("CmpAppBP", {}, Verb.OPERATE),
    0x13: ("CmpAppForce", {}, Verb.WRITE),
    0x14: ("CmpRedundancy", {}, Verb.UNKNOWN),
    0x18: ("CmpAlarmManager", {0x81: ("GetAlarmCount", Verb.READ), 0x82: ("GetAlarms", Verb.READ)}, Verb.UNKNOWN),
    0x1B: (
        "CmpMonitor2",
        {1: ("Read", Verb.READ), 2: ("Write", Verb.WRITE), 3: ("Force", Verb.WRITE)},
        Verb.UNKNOWN,
    ),
    0x1D: (
        "CmpCodeMeter",
        {
            1: ("ReadDongleList", Verb.READ),
            2: ("ReadLicences", Verb.READ),
            3: ("CreateContextFile", Verb.READ),
            4: ("ActivateUpdate", Verb.CONFIGURE),
        },
        Verb.UNKNOWN,
    ),
    0x1E: ("CmpTrendStorage", {}, Verb.UNKNOWN),
    0x1F: ("CmpCoreDump", {1: ("ReadStack", Verb.DIAGNOSE), 2: ("GetExistingFileName", Verb.DIAGNOSE)}, Verb.UNKNOWN),
    0x20: (
        "CmpBackup",
        {
            1: ("Capabilities", Verb.READ),
            2: ("Info", Verb.READ),
            3: ("BackupStart", Verb.PROGRAM_UPLOAD),
            4: ("BackupEnd", Verb.PROGRAM_UPLOAD),
            5: ("RestoreRequest", Verb.PROGRAM_DOWNLOAD),
            6: ("RestoreStart", Verb.PROGRAM_DOWNLOAD),
            7: ("RestoreEnd", Verb.PROGRAM_DOWNLOAD),
        },
        Verb.UNKNOWN,
    ),
    0x22: ("CmpX509Cert", _CERTIFICATES, Verb.UNKNOWN),
    0x23: (
        "CmpSecurityManager",
        {1: ("ReadSettings", Verb.READ), 2: ("WriteSettings", Verb.CONFIGURE)},
        Verb.UNKNOWN,
    ),
}
DEVICE, APP, FILES, USERS, SHELL = 0x01, 0x02, 0x08, 0x0C, 0x11

# Datagram services
ADDRESS, ADDRESS_ANSWER, NAME_SERVER, NAME_CLIENT, CHANNELS = 1, 2, 3, 4, 0x40
DATAGRAMS = {
    ADDRESS: "Address notification request",
    ADDRESS_ANSWER: "Address notification response",
    NAME_SERVER: "Name service request",
    NAME_CLIENT: "Name service response",
    CHANNELS: "Channel manager",
}
NAME_PACKETS = {0xC201: "Resolve name", 0xC202: "Resolve address", 0xC203: "Resolve gateway", 0xC280: "Identification"}

# Packets of the channel layer
DATA, ACKNOWLEDGE, KEEP_ALIVE = 1, 2, 3
OPEN, OPEN_ANSWER, CLOSE, CLOSE_ANSWER = 0xC3, 0x83, 0xC4, 0x84
PACKETS = {
    DATA: "Data block",
    ACKNOWLEDGE: "Acknowledge",
    KEEP_ALIVE: "Keep-alive",
    0x81: "Notification",
    0x82: "Runtime information response",
    OPEN_ANSWER: "Open channel response",
    CLOSE_ANSWER: "Close channel response",
    0xC2: "Runtime information request",
    OPEN: "Open channel request",
    CLOSE: "Close channel request",
}
OPEN_REASONS = {1: "no free channel", 2: "not a server"}

RESULTS = {
    0x01: "ERR_FAILED",
    0x02: "ERR_PARAMETER",
    0x03: "ERR_NOTINITIALIZED",
    0x04: "ERR_VERSION",
    0x05: "ERR_TIMEOUT",
    0x06: "ERR_NOBUFFER",
    0x0C: "ERR_NOTIMPLEMENTED",
    0x0D: "ERR_INVALIDID",
    0x10: "ERR_NO_OBJECT",
    0x11: "ERR_NOMEMORY",
    0x12: "ERR_DUPLICATE",
    0x18: "ERR_NOT_SUPPORTED",
    0x19: "ERR_NO_ACCESS_RIGHTS",
    0x1C: "ERR_INVALID_SESSION_ID",
    0x1F: "ERR_VERSION_MISMATCH",
    0x20: "ERR_TYPE_MISMATCH",
    0x21: "ERR_ID_MISMATCH",
    0x27: "ERR_OPERATION_DENIED",
    0x32: "ERR_FILE_ERROR",
    0x39: "ERR_SECURITY_CHECKS_FAILED",
    0x3F: "ERR_CHANGE_PASSWORD",
    0x40: "ERR_REAUTHENTICATE",
    0x41: "ERR_RELOGIN",
}
