"""Methods that the OPC UA specification itself defines, by their numeric identifiers in namespace 0: what a Call means.

Numbers from OPC 10000-6 annex A.3 (NodeIds); meaning from OPC 10000-5 (server, files, roles), 10000-9 (conditions),
10000-10 (programs), 10000-12 (certificates), 10000-14 (PubSub) and 10000-18 (users). Any other method operates.
"""

from __future__ import annotations

from scanner.protocols.base import Verb

METHODS = {
    2426: ("Start", Verb.START),
    2427: ("Suspend", Verb.STOP),
    2428: ("Resume", Verb.START),
    2429: ("Halt", Verb.STOP),
    2430: ("Reset", Verb.RESTART),
    3875: ("ConditionRefresh", Verb.SUBSCRIBE),
    11489: ("GetMonitoredItems", Verb.SUBSCRIBE),
    11492: ("GetMonitoredItems", Verb.SUBSCRIBE),
    11585: ("file Read", Verb.FILE_READ),
    11588: ("file Write", Verb.FILE_WRITE),
    12546: ("TrustList CloseAndUpdate", Verb.CONFIGURE),
    12548: ("TrustList AddCertificate", Verb.CONFIGURE),
    12550: ("TrustList RemoveCertificate", Verb.CONFIGURE),
    12616: ("UpdateCertificate", Verb.CONFIGURE),
    12652: ("TrustList Read", Verb.READ),
    12655: ("TrustList Write", Verb.CONFIGURE),
    12666: ("TrustList CloseAndUpdate", Verb.CONFIGURE),
    12668: ("TrustList AddCertificate", Verb.CONFIGURE),
    12670: ("TrustList RemoveCertificate", Verb.CONFIGURE),
    12734: ("ApplyChanges", Verb.CONFIGURE),
    12737: ("CreateSigningRequest", Verb.CONFIGURE),
    12740: ("ApplyChanges", Verb.CONFIGURE),
    12749: ("SetSubscriptionDurable", Verb.SUBSCRIBE),
    12777: ("GetRejectedList", Verb.READ),
    12871: ("ResendData", Verb.SUBSCRIBE),
    12873: ("ResendData", Verb.SUBSCRIBE),
    12883: ("RequestServerStateChange", Verb.MODE_CHANGE),
    12886: ("RequestServerStateChange", Verb.MODE_CHANGE),
    12912: ("ConditionRefresh2", Verb.SUBSCRIBE),
    13737: ("UpdateCertificate", Verb.CONFIGURE),
    15215: ("GetSecurityKeys", Verb.AUTHENTICATE),
    16301: ("AddRole", Verb.CONFIGURE),
    16304: ("RemoveRole", Verb.CONFIGURE),
    17364: ("SetSecurityKeys", Verb.CONFIGURE),
    17366: ("PubSub AddConnection", Verb.CONFIGURE),
    17369: ("PubSub RemoveConnection", Verb.CONFIGURE),
    19342: ("CreateSelfSignedCertificate", Verb.CONFIGURE),
    24304: ("AddUser", Verb.CONFIGURE),
    24306: ("ModifyUser", Verb.CONFIGURE),
    24308: ("RemoveUser", Verb.CONFIGURE),
    24310: ("ChangePassword", Verb.CONFIGURE),
    25708: ("CancelChanges", Verb.CONFIGURE),
    25709: ("ResetToServerDefaults", Verb.CONFIGURE),
}
