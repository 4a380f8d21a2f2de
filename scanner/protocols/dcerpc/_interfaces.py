"""Interfaces of DCE/RPC and DCOM by UUID, as Microsoft's open specifications and C706 name them."""

from __future__ import annotations

MAPPER = "e1af8308-5d1f-11c9-91a4-08002b14a0fa"
ACTIVATOR = "000001a0-0000-0000-c000-000000000046"

INTERFACES = {
    MAPPER: "EPM (endpoint mapper)",
    "afa8bd80-7d8a-11c9-bef4-08002b102989": "MGMT (remote management)",
    # Distributed COM
    "99fcfec4-5260-101b-bbcb-00aa0021347a": "IOXIDResolver",
    "4d9f4ab8-7d1c-11cf-861e-0020af6e7c57": "IRemoteActivation",
    ACTIVATOR: "IRemoteSCMActivator",
    "00000131-0000-0000-c000-000000000046": "IRemUnknown",
    "00000143-0000-0000-c000-000000000046": "IRemUnknown2",
    "00000000-0000-0000-c000-000000000046": "IUnknown",
    "00000001-0000-0000-c000-000000000046": "IClassFactory",
    "00020400-0000-0000-c000-000000000046": "IDispatch",
    "00020401-0000-0000-c000-000000000046": "ITypeInfo",
    "00000101-0000-0000-c000-000000000046": "IEnumString",
    "0002e000-0000-0000-c000-000000000046": "IEnumGUID",
    "b196b283-bab4-101a-b69c-00aa00341d07": "IProvideClassInfo",
    "b196b284-bab4-101a-b69c-00aa00341d07": "IConnectionPointContainer",
    "b196b286-bab4-101a-b69c-00aa00341d07": "IConnectionPoint",
    # Windows management instrumentation
    "9556dc99-828c-11cf-a37e-00aa003240c7": "IWbemServices",
    "f309ad18-d86a-11d0-a075-00c04fb68820": "IWbemLevel1Login",
    "d4781cd6-e5d3-44df-ad94-930efe48a887": "IWbemLoginClientID",
    "027947e1-d731-11ce-a357-000000000001": "IEnumWbemClassObject",
    # Windows services
    "12345678-1234-abcd-ef00-01234567cffb": "NETLOGON",
    "12345678-1234-abcd-ef00-0123456789ab": "SPOOLSS (printing)",
    "76f03f96-cdfd-44fc-a22c-64950a001209": "IRemoteWinspool (printing)",
    "12345778-1234-abcd-ef00-0123456789ab": "LSARPC (local security authority)",
    "12345778-1234-abcd-ef00-0123456789ac": "SAMR (security accounts)",
    "1ff70682-0a51-30e8-076d-740be8cee98b": "ATSVC (task scheduler)",
    "378e52b0-c0a9-11cf-822d-00aa0051e40f": "SASEC (task scheduler)",
    "86d35949-83c9-4044-b424-db363231fd0c": "ITaskSchedulerService",
    "338cd001-2244-31f1-aaaa-900038001003": "WINREG (remote registry)",
    "367abb81-9844-35f1-ad32-98f038001003": "SVCCTL (service control)",
    "3919286a-b10c-11d0-9ba8-00c04fd92ef5": "DSSETUP (directory services setup)",
    "3dde7c30-165d-11d1-ab8f-00805f14db40": "BackupKey",
    "4b324fc8-1670-01d3-1278-5a47bf6ee188": "SRVSVC (server service)",
    "6bffd098-a112-3610-9833-46c3f87e345a": "WKSSVC (workstation service)",
    "6bffd098-a112-3610-9833-012892020162": "BROWSER",
    "82273fdc-e32a-18c3-3f78-827929dc23ea": "EVENTLOG",
    "f6beaff7-1e19-4fbb-9f8f-b89e2018337c": "IEventService (event log)",
    "91ae6020-9e3c-11cf-8d7c-00aa00c091be": "ICertPassage (certificate enrolment)",
    "e3514235-4b06-11d1-ab04-00c04fc2dcd2": "DRSUAPI (directory replication)",
    "f5cc5a18-4264-101a-8c59-08002b2f8426": "NSPI (address book)",
    "6bffd098-a112-3610-9833-46c3f874532d": "DHCPSRV",
    "5ca4a760-ebb1-11cf-8611-00a0245420ed": "IcaApi (terminal services)",
    "b9785960-524f-11df-8b6d-83dcded72085": "ISDKey (group keys)",
}

NDR, NDR64 = "8a885d04-1ceb-11c9-9fe8-08002b104860", "71710533-beba-4937-8319-b5dbef9ccc36"
FEATURES = "6cb71c2c-9812-4540-"  # the rest of the UUID is a bit mask: bind time feature negotiation
TRANSFERS = {NDR: "NDR", NDR64: "NDR64"}
