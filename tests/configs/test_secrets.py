"""No secret survives parsing: known lines one by one, and random secrets in every position that can hold one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.configs import cisco_ios, huawei_vrp, reader
from scanner.configs.secrets import MASK, Secret, mask
from scanner.configs.tree import Grammar, parse, walk

LINES = [
    ("enable secret 9 $9$abc$def", "enable secret 9 <masked>"),
    ("enable password level 7 two words", "enable password level 7 <masked>"),
    ("enable algorithm-type scrypt secret Plain1", "enable algorithm-type scrypt secret <masked>"),
    ("username bob privilege 15 password 7 0822455D0A16", "username bob privilege 15 password 7 <masked>"),
    ("password my 1234 pass", "password <masked>"),
    ("no username bob password 0 abc", "no username bob password 0 <masked>"),
    ("snmp-server community S3cret view ALL RO ipv6 V6 10", "snmp-server community <masked> view ALL RO ipv6 V6 10"),
    ("snmp-server community S3cret RW NMS", "snmp-server community <masked> RW NMS"),
    ("snmp-server community 7 AB12 RO", "snmp-server community 7 <masked> RO"),
    ("snmp-server community 7 RO", "snmp-server community <masked> RO"),
    ('snmp-server community "two words" RO', "snmp-server community <masked> <masked>"),
    ("snmp-server host 10.0.0.1 S3cret", "snmp-server host 10.0.0.1 <masked>"),
    (
        "snmp-server host 10.0.0.1 vrf M informs version 2c S3cret udp-port 163 bgp config",
        "snmp-server host 10.0.0.1 vrf M informs version 2c <masked> udp-port 163 <masked>",
    ),
    (
        "snmp-server user u g v3 encrypted auth md5 11:22 priv aes 128 33:44 access 10",
        "snmp-server user u g v3 encrypted auth md5 <masked> priv aes 128 <masked> access 10",
    ),
    (
        "snmp-server user u g v3 auth sha-2 256 S3cret priv 3des 0ther",
        "snmp-server user u g v3 auth sha-2 256 <masked> priv 3des <masked>",
    ),
    ("snmp-server user u g v3 auth new S3cret", "snmp-server user u g v3 auth <masked> <masked>"),
    ("tacacs-server host 10.0.0.1 key 7 AB12", "tacacs-server host 10.0.0.1 key 7 <masked>"),
    (
        "radius-server host 10.0.0.1 auth-port 1812 key S3cret",
        "radius-server host 10.0.0.1 auth-port 1812 key <masked>",
    ),
    ("client 10.0.0.1 server-key 7 AB12", "client 10.0.0.1 server-key 7 <masked>"),
    ("crypto isakmp key S3cret address 10.0.0.1", "crypto isakmp key <masked>"),
    ("standby 1 authentication S3cret", "standby 1 authentication <masked>"),
    ("vrrp 1 authentication md5 key-string S3cret", "vrrp 1 authentication md5 <masked>"),
    ("ip nhrp authentication S3cret", "ip nhrp authentication <masked>"),
    ("neighbor 10.0.0.1 password 7 AB12", "neighbor 10.0.0.1 password 7 <masked>"),
    ("cip security password S3cret", "cip security password <masked>"),
    ("path ftp://bob:S3cret@10.0.0.1/a", "path ftp://bob:<masked>@10.0.0.1/a"),
    ('action 1.0 cli command "username x secret S3cret"', 'action 1.0 cli command "username x secret <masked>'),
    ("local-user bob password irreversible-cipher $1c$x$y$", "local-user bob password irreversible-cipher <masked>"),
    ("set authentication password simple abc", "set authentication password simple <masked>"),
    ("super password level 15 cipher %^%#x%^%#", "super password level 15 cipher <masked>"),
    (
        "snmp-agent community write cipher %^%#x%^%# mib-view iso acl 2000",
        "snmp-agent community write cipher <masked> mib-view iso acl 2000",
    ),
    ("snmp-agent community read S3cret", "snmp-agent community read <masked>"),
    (
        "snmp-agent usm-user v3 u g authentication-mode sha S3cret privacy-mode aes128 0ther acl 2000",
        "snmp-agent usm-user v3 u g authentication-mode sha <masked> privacy-mode aes128 <masked> acl 2000",
    ),
    (
        "snmp-agent target-host trap address udp-domain 10.0.0.1 params securityname cipher %x% v2c",
        "snmp-agent target-host trap address udp-domain 10.0.0.1 params securityname cipher <masked> v2c",
    ),
    ("ospf authentication-mode md5 1 cipher %x%", "ospf authentication-mode md5 <masked>"),
    ("30820330 30820218 A0030201", "<masked>"),
]
HARMLESS = [
    "service password-encryption",
    "security passwords min-length 12",
    "aaa authentication login default group tacacs+ local",
    "aaa local authentication attempts max-fail 3",
    "ntp server 10.0.0.1 key 1 prefer",
    "ntp server vrf M 10.0.0.1 version 4 key 12",
    "ip ssh server algorithm encryption aes256-ctr",
    "ip http authentication local",
    "crypto key generate rsa general-keys modulus 2048",
    "snmp-server group OT v3 priv read V access 10",
    "snmp-server enable traps snmp authentication linkdown",
    "switchport port-security",
    "ssh server cipher aes256_ctr aes128_ctr",
    "ssh user bob authentication-type password",
    "authentication-mode password",
    "local-aaa-user password policy administrator",
    "local-aaa-user wrong-password retry-interval 5 retry-time 3 block-time 5",
    "password expire 90",
    "ntp-service unicast-server 10.0.0.1 authentication-keyid 1",
    "rsa peer-public-key pk1",
]


@pytest.mark.parametrize(("line", "expected"), LINES, ids=[line[:40] for line, _ in LINES])
def test_masked_lines(line: str, expected: str) -> None:
    assert mask(line)[0] == expected


@pytest.mark.parametrize("line", HARMLESS)
def test_lines_without_a_secret_stay(line: str) -> None:
    assert mask(line) == (line, ())


def test_a_key_number_is_none_only_in_a_key_chain() -> None:
    assert mask("key 1", "key chain OSPF") == ("key 1", ())
    assert mask("key 1", "tacacs server t")[0] == "key <masked>"


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("username bob password 0 bob", Secret("plain", default=True, short=True)),
        ("username bob password Long-enough-1", Secret("plain", default=False, short=False)),
        ("username bob password 7 0822455D0A16", Secret("type-7", default=True, short=True)),  # cisco
        ("username bob password 7 nonsense", Secret("type-7")),
        ("username bob secret 5 $1$a$b", Secret("type-5")),
        ("username bob secret $9$a$b", Secret("type-9")),
        ("username bob nopassword", Secret("none")),
        ("username bob secret <removed>", Secret("unknown")),
        ("enable password ********", Secret("unknown")),
        ("snmp-server community PUBLIC RO", Secret("plain", default=True, short=True)),
        ("snmp-server community Own-name-7 RO", Secret("plain", default=False, short=False)),
        ("snmp-agent community read cipher %^%#x%^%#", Secret("cipher")),
        ("local-user bob password simple Bob", Secret("simple", default=True, short=True)),
        ("set authentication password cipher $1a$x$y$", Secret("irreversible-cipher")),
        ("local-user bob password cipher %^%#x%^%#", Secret("cipher")),
    ],
)
def test_what_is_kept_of_a_secret(line: str, secret: Secret) -> None:
    assert mask(line)[1] == (secret,)


# Every position that is known to hold a secret; {0} and {1} are secrets. Block members are indented.
IOS = """\
version 15.2
hostname sw1
enable secret {0}
enable secret 5 {0}
enable password level 2 7 {0}
username a privilege 15 password 0 {0}
username b secret 9 {0}
username c common-criteria-policy p password {0}
snmp-server community {0} RO
snmp-server community {0} view v1default RW 10
snmp-server community {0}
snmp-server host 10.0.0.1 {0}
snmp-server host 10.0.0.1 version 2c {0} config
snmp-server host 10.0.0.1 inform version 2c {0}
snmp-server host 10.0.0.1 trap {0} udp-port 163
snmp-server host 10.0.0.1 odd version 2c {0}
snmp-server host 10.0.0.1 vrf m informs version 3 priv {0}
snmp-server user u g v3 auth sha {0} priv aes 256 {1}
snmp-server user u g v3 encrypted auth md5 {0}
snmp mib community-map {0} engineid 80000009
tacacs-server key {0}
tacacs-server host 10.0.0.1 timeout 3 key 7 {0}
radius-server host 10.0.0.1 key {0}
ip ftp password {0}
ip http client password {0}
vtp password {0} hidden
key config-key password-encrypt {0}
crypto isakmp key {0} address 10.0.0.1 no-xauth
ntp authentication-key 1 md5 {0} 7
cip security password {0}
boot system ftp://bob:{0}@10.0.0.1/image
license smart trust idtoken {0}
alias exec x username y password {0}
cts credentials id x password {0}
dot1x username x password {0}
macro name x
 username z password {0}
@
banner motd ^C
 password {0}
^C
crypto pki trustpoint t
 password 7 {0}
crypto keyring k
 pre-shared-key address 0.0.0.0 0.0.0.0 key {0}
crypto ipsec profile p
 set session-key inbound esp 256 cipher {0} authenticator {1}
key chain c
 key 1
  key-string 7 {0}
tacacs server t
 key 6 {0}
radius server r
 key {0}
aaa group server radius g
 server-private 10.0.0.1 key {0}
aaa server radius dynamic-author
 client 10.0.0.1 server-key {0}
interface Vlan1
 ip ospf authentication-key {0}
 ip ospf message-digest-key 1 md5 {0}
 isis password {0}
 standby 1 authentication {0}
 standby 2 authentication md5 key-string {0}
 vrrp 1 authentication text {0}
 ip nhrp authentication {0}
 ppp chap password 0 {0}
 ppp pap sent-username x password {0}
router bgp 1
 neighbor 10.0.0.2 password {0}
router isis
 area-password {0}
wlan w
 security wpa psk set-key ascii 0 {0}
event manager applet e
 action 1.0 cli command "enable secret {0}"
line con 0
 password {0}
line vty 0 4
 password 7 {0}
end
"""
VRP = """\
!Software Version V200R019C10
sysname sw1
super password level 15 cipher {0}
snmp-agent
snmp-agent community read {0}
snmp-agent community write cipher {0} mib-view iso acl 2000
snmp-agent usm-user v3 u g authentication-mode md5 {0} privacy-mode aes128 {1}
snmp-agent usm-user v3 u authentication-mode sha2-256 cipher {0}
snmp-agent usm-user v3 u privacy-mode aes256 cipher {0}
snmp-agent target-host trap address udp-domain 10.0.0.1 params securityname {0} v2c
snmp-agent target-host trap address udp-domain 10.0.0.1 params securityname cipher {0} v2c
ntp-service authentication-keyid 1 authentication-mode md5 cipher {0}
set save-configuration backup-to-server server 10.0.0.1 transport-type ftp user u password {0} path x
header login information "
password {0}
"
hwtacacs-server template t
 hwtacacs-server shared-key cipher {0}
radius-server template r
 radius-server shared-key simple {0}
ike peer p
 pre-shared-key cipher {0}
keychain k mode absolute
 key-id 1
  key-string cipher {0}
aaa
 local-user a password cipher {0}
 local-user b password irreversible-cipher {0}
 local-user c password simple {0}
 local-user d password {0}
interface Vlanif1
 ospf authentication-mode md5 1 cipher {0}
 ospf authentication-mode simple {0}
 vrrp vrid 1 authentication-mode simple {0}
 isis authentication-mode md5 {0}
 ppp chap password cipher {0}
 rip authentication-mode md5 usual {0}
bgp 1
 peer 10.0.0.2 password cipher {0}
ssl policy s
 certificate load pem-cert c.pem key-pair rsa key-file k.pem auth-code cipher {0}
security-profile name w
 security wpa2 psk pass-phrase {0} aes
user-interface con 0
 set authentication password cipher {0}
user-interface vty 0 4
 set authentication password simple {0}
return
"""
# unlike any word of a configuration, so that finding it in an output is finding the secret
SECRET = st.from_regex(r"Zq[A-Za-z0-9!#$%&*+,./:;<=>?@_~-]{6,20}xQ", fullmatch=True)


@pytest.mark.parametrize(
    ("template", "grammar"), [(IOS, cisco_ios.GRAMMAR), (VRP, huawei_vrp.GRAMMAR)], ids=["ios", "vrp"]
)
@given(one=SECRET, two=SECRET)
@settings(max_examples=30, deadline=None)
def test_no_secret_reaches_the_tree(template: str, grammar: Grammar, one: str, two: str) -> None:
    text = template.replace("{0}", one).replace("{1}", two)
    for node in walk(parse(text.encode(), "sw1.cfg", grammar).root):
        assert one not in node.text
        assert two not in node.text
        assert one.lower() not in node.key


@pytest.mark.parametrize("template", [IOS, VRP], ids=["ios", "vrp"])
@given(one=SECRET, two=SECRET)
@settings(max_examples=60, deadline=None)
def test_no_secret_reaches_a_row_a_problem_or_a_note(template: str, one: str, two: str) -> None:
    text = template.replace("{0}", one).replace("{1}", two)
    configuration = reader.read(text.encode(), "sw1.cfg")
    assert configuration.problems == ()
    assert len(configuration.rows) > 50
    said = repr(configuration)
    assert one not in said
    assert two not in said
    assert not re.search(r"Zq[^' ]*xQ", said)


WORDS = st.sampled_from(
    [
        "no",
        "undo",
        "enable",
        "username",
        "bob",
        "password",
        "passwd",
        "secret",
        "key",
        "key-string",
        "community",
        "host",
    ]
    + ["snmp-server", "snmp-agent", "user", "0", "5", "7", "9", "cipher", "simple", "md5", "sha", "auth", "priv", "v3"]
    + ["RO", "RW", "read", "write", "local-user", "line", "level", "15", "privilege", "description", "usm-user"]
)
TRIGGERS = st.sampled_from(["password", "secret", "key-string", "cipher"])


@given(before=st.lists(WORDS, max_size=5), trigger=TRIGGERS, secret=SECRET, after=st.lists(WORDS, max_size=3))
@settings(max_examples=300, deadline=None)
def test_what_follows_an_announcing_word_is_masked_in_any_company(
    before: list[str], trigger: str, secret: str, after: list[str]
) -> None:
    masked, _ = mask(" ".join([*before, trigger, secret, *after]))
    assert secret not in masked
    assert MASK in masked
