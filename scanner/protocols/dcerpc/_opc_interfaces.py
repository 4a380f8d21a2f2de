"""The interfaces of OPC Classic and what each of their operations is called.

From the interface definitions of the OPC Foundation: OPC Common 1.10, Data Access 3.00, Alarms and Events 1.10,
Historical Data Access 1.20, Batch 2.00, Security 1.00, Data eXchange 1.00. The first operation behind IUnknown has
number 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.wording import said, verbatim

FIRST = 3


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface: its name, the specification it belongs to, its operations in order."""

    name: str
    family: str
    operations: tuple[str, ...]

    def text(self) -> str:
        """The family and the numbers of the operations, for a reader who meets requests by number."""
        numbered = ", ".join(f"{number} {name}" for number, name in enumerate(self.operations, FIRST))
        if not numbered:
            return verbatim(self.family)
        return said("{name}; operations {names}", name=self.family, names=numbered)


_DA_TAIL, _AE_TAIL, _HDA_TAIL = (
    "011e-11d0-9675-0020afd8adb3",
    "5783-11d1-84a0-00608cb8a7e9",
    "dee0-11d2-a5e5-000086339399",
)
_GROUP_STATE = "GetState SetState SetName CloneGroup"
_ASYNC = "Read Write Refresh2 Cancel2 SetEnable GetEnable"
_EVENTS = (
    "GetStatus CreateEventSubscription QueryAvailableFilters QueryEventCategories QueryConditionNames"
    " QuerySubConditionNames QuerySourceConditions QueryEventAttributes TranslateToItemIDs GetConditionState"
    " EnableConditionByArea EnableConditionBySource DisableConditionByArea DisableConditionBySource AckCondition"
    " CreateAreaBrowser"
)
_SUBSCRIPTION = (
    "SetFilter GetFilter SelectReturnedAttributes GetReturnedAttributes Refresh CancelRefresh GetState SetState"
)
_UPDATE = "QueryCapabilities Insert Replace InsertReplace DeleteRaw DeleteAtTime"
_EVENTS_2 = (
    "EnableConditionByArea2 EnableConditionBySource2 DisableConditionByArea2 DisableConditionBySource2"
    " GetEnableStateByArea GetEnableStateBySource"
)
_HISTORIAN = (
    "GetItemAttributes GetAggregates GetHistorianStatus GetItemHandles ReleaseItemHandles ValidateItemIDs CreateBrowse"
)
_HISTORY_CALLBACK = (
    "OnDataChange OnReadComplete OnReadModifiedComplete OnReadAttributeComplete OnReadAnnotations OnInsertAnnotations"
    " OnPlayback OnUpdateComplete OnCancelComplete"
)
_LIST = "EnumClassesOfCategories GetClassDetails CLSIDFromProgID"
_DEFINED = {
    "OPC DA": {
        f"39c13a4d-{_DA_TAIL}": (
            "IOPCServer",
            "AddGroup GetErrorString GetGroupByName GetStatus RemoveGroup CreateGroupEnumerator",
        ),
        f"39c13a4e-{_DA_TAIL}": ("IOPCServerPublicGroups", "GetPublicGroupByName RemovePublicGroup"),
        f"39c13a4f-{_DA_TAIL}": (
            "IOPCBrowseServerAddressSpace",
            "QueryOrganization ChangeBrowsePosition BrowseOPCItemIDs GetItemID BrowseAccessPaths",
        ),
        f"39c13a50-{_DA_TAIL}": ("IOPCGroupStateMgt", _GROUP_STATE),
        f"39c13a51-{_DA_TAIL}": ("IOPCPublicGroupStateMgt", "GetState MoveToPublic"),
        f"39c13a52-{_DA_TAIL}": ("IOPCSyncIO", "Read Write"),
        f"39c13a53-{_DA_TAIL}": ("IOPCAsyncIO", "Read Write Refresh Cancel"),
        f"39c13a54-{_DA_TAIL}": (
            "IOPCItemMgt",
            "AddItems ValidateItems RemoveItems SetActiveState SetClientHandles SetDatatypes CreateEnumerator",
        ),
        f"39c13a55-{_DA_TAIL}": ("IEnumOPCItemAttributes", "Next Skip Reset Clone"),
        f"39c13a70-{_DA_TAIL}": ("IOPCDataCallback", "OnDataChange OnReadComplete OnWriteComplete OnCancelComplete"),
        f"39c13a71-{_DA_TAIL}": ("IOPCAsyncIO2", _ASYNC),
        f"39c13a72-{_DA_TAIL}": ("IOPCItemProperties", "QueryAvailableProperties GetItemProperties LookupItemIDs"),
        "5946da93-8b39-4ec8-ab3d-aa73df5bc86f": (
            "IOPCItemDeadbandMgt",
            "SetItemDeadband GetItemDeadband ClearItemDeadband",
        ),
        "3e22d313-f08b-41a5-86c8-95e95cb49ffc": (
            "IOPCItemSamplingMgt",
            "SetItemSamplingRate GetItemSamplingRate ClearItemSamplingRate SetItemBufferEnable GetItemBufferEnable",
        ),
        "39227004-a18f-4b57-8b0a-5235670f4468": ("IOPCBrowse", "GetProperties Browse"),
        "85c0b427-2893-4cbc-bd78-e5fc5146f08f": ("IOPCItemIO", "Read WriteVQT"),
        "730f5f0f-55b1-4c81-9e18-ff8a0904e1fa": ("IOPCSyncIO2", "Read Write ReadMaxAge WriteVQT"),
        "0967b97b-36ef-423e-b6f8-6bff1e40d39d": ("IOPCAsyncIO3", f"{_ASYNC} ReadMaxAge WriteVQT RefreshMaxAge"),
        "8e368666-d72e-4f78-87ed-647611c61c9f": ("IOPCGroupStateMgt2", f"{_GROUP_STATE} SetKeepAlive GetKeepAlive"),
    },
    "OPC AE": {
        f"65168851-{_AE_TAIL}": ("IOPCEventServer", _EVENTS),
        f"65168855-{_AE_TAIL}": ("IOPCEventSubscriptionMgt", _SUBSCRIPTION),
        f"65168857-{_AE_TAIL}": (
            "IOPCEventAreaBrowser",
            "ChangeBrowsePosition BrowseOPCAreas GetQualifiedAreaName GetQualifiedSourceName",
        ),
        f"6516885f-{_AE_TAIL}": ("IOPCEventSink", "OnEvent"),
        "71bbe88e-9564-4bcd-bcfc-71c558d94f2d": (
            "IOPCEventServer2",
            f"{_EVENTS} {_EVENTS_2}",
        ),
        "94c955dc-3684-4ccb-afab-f898ce19aac3": (
            "IOPCEventSubscriptionMgt2",
            f"{_SUBSCRIPTION} SetKeepAlive GetKeepAlive",
        ),
    },
    "OPC HDA": {
        f"1f1217b0-{_HDA_TAIL}": (
            "IOPCHDA_Server",
            _HISTORIAN,
        ),
        f"1f1217b1-{_HDA_TAIL}": ("IOPCHDA_Browser", "GetEnum ChangeBrowsePosition GetItemID GetBranchPosition"),
        f"1f1217b2-{_HDA_TAIL}": ("IOPCHDA_SyncRead", "ReadRaw ReadProcessed ReadAtTime ReadModified ReadAttribute"),
        f"1f1217b3-{_HDA_TAIL}": ("IOPCHDA_SyncUpdate", _UPDATE),
        f"1f1217b4-{_HDA_TAIL}": ("IOPCHDA_SyncAnnotations", "QueryCapabilities Read Insert"),
        f"1f1217b5-{_HDA_TAIL}": (
            "IOPCHDA_AsyncRead",
            "ReadRaw AdviseRaw ReadProcessed AdviseProcessed ReadAtTime ReadModified ReadAttribute Cancel",
        ),
        f"1f1217b6-{_HDA_TAIL}": ("IOPCHDA_AsyncUpdate", f"{_UPDATE} Cancel"),
        f"1f1217b7-{_HDA_TAIL}": ("IOPCHDA_AsyncAnnotations", "QueryCapabilities Read Insert Cancel"),
        f"1f1217b8-{_HDA_TAIL}": ("IOPCHDA_Playback", "ReadRawWithUpdate ReadProcessedWithUpdate Cancel"),
        f"1f1217b9-{_HDA_TAIL}": (
            "IOPCHDA_DataCallback",
            _HISTORY_CALLBACK,
        ),
    },
    "OPC Common": {
        "f31dfde1-07b6-11d2-b2d8-0060083ba1fb": ("IOPCShutdown", "ShutdownRequest"),
        "f31dfde2-07b6-11d2-b2d8-0060083ba1fb": (
            "IOPCCommon",
            "SetLocaleID GetLocaleID QueryAvailableLocaleIDs GetErrorString SetClientName",
        ),
        "13486d50-4821-11d2-a494-3cb306c10000": ("IOPCServerList", _LIST),
        "9dd0b56c-ad9e-43ee-8305-487f3188bf7a": ("IOPCServerList2", _LIST),
        "55c382c8-21c7-4e88-96c1-becfb1e3f483": ("IOPCEnumGUID", "Next Skip Reset Clone"),
    },
    "OPC Batch": {
        "8bb4ed50-b314-11d3-b3ea-00c04f8eceaa": ("IOPCBatchServer", "GetDelimiter CreateEnumerator"),
        "895a78cf-b0c5-11d4-a0b7-000102a980b1": ("IOPCBatchServer2", "CreateFilteredEnumerator"),
        "a8080da2-e23e-11d2-afa7-00c04f539421": ("IEnumOPCBatchSummary", "Next Skip Reset Clone Count"),
        "a8080da3-e23e-11d2-afa7-00c04f539421": (
            "IOPCEnumerationSets",
            "QueryEnumerationSets QueryEnumeration QueryEnumerationList",
        ),
    },
    "OPC Security": {
        "7aa83a01-6c77-11d3-84f9-00008630a38b": (
            "IOPCSecurityNT",
            "IsAvailableNT QueryMinImpersonationLevel ChangeUser",
        ),
        "7aa83a02-6c77-11d3-84f9-00008630a38b": ("IOPCSecurityPrivate", "IsAvailablePriv Logon Logoff"),
    },
    "OPC DX": {"c130d281-f4aa-4779-8846-c2c4cb444f2a": ("IOPCConfiguration", "")},
}
OPC = {
    uuid: Interface(name, family, tuple(operations.split()))
    for family, interfaces in _DEFINED.items()
    for uuid, (name, operations) in interfaces.items()
}
CLASSES = {"13486d51-4821-11d2-a494-3cb306c10000": "OpcEnum"}
