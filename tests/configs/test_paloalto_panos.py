"""PAN-OS in its three forms, what Panorama leaves open, and what strangers may put into a file."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from scanner.configs import reader
from scanner.configs.dialects.paloalto_panos.document import MAX_NESTING
from scanner.configs.settings import Configuration
from scanner.errors import InputError
from tests.configs.dialect_cases import cases, read
from tests.configs.test_secrets import SECRET

NAME = "paloalto-panos"
COMMANDS = """\
set deviceconfig system hostname fw
set deviceconfig system service disable-telnet no
set shared address "two words" ip-netmask 10.0.0.0/8
set service modbus protocol tcp port 502
set rulebase security rules "in and out" from [ a b ]
set rulebase security rules "in and out" to any
set rulebase security rules "in and out" source "two words"
set rulebase security rules "in and out" destination any
set rulebase security rules "in and out" application any
set rulebase security rules "in and out" service modbus
set rulebase security rules "in and out" action allow
set mgt-config users bob permissions role-based superuser yes
"""
BRACES = """\
config {
  mgt-config {
    users {
      bob {
        permissions {
          role-based {
            superuser yes;
          }
        }
      }
    }
  }
  shared {
    address {
      "two words" {
        ip-netmask 10.0.0.0/8;
      }
    }
  }
  devices {
    localhost.localdomain {
      deviceconfig {
        system {
          hostname fw;
          service {
            disable-telnet no;
          }
        }
      }
      vsys {
        vsys1 {
          service {
            modbus {
              protocol {
                tcp {
                  port 502;
                }
              }
            }
          }
          rulebase {
            security {
              rules {
                "in and out" {
                  from [ a b];
                  to any;
                  source "two words";
                  destination any;
                  application any;
                  service modbus;
                  action allow;
                }
              }
            }
          }
        }
      }
    }
  }
}
"""
DOCUMENT = """\
<?xml version="1.0"?>
<config version="10.1.0" urldb="paloaltonetworks">
  <mgt-config><users><entry name="bob"><permissions><role-based><superuser>yes</superuser></role-based></permissions>
  </entry></users></mgt-config>
  <shared><address><entry name="two words"><ip-netmask>10.0.0.0/8</ip-netmask></entry></address></shared>
  <devices>
    <entry name="localhost.localdomain">
      <deviceconfig><system><hostname>fw</hostname><service><disable-telnet>no</disable-telnet></service></system>
      </deviceconfig>
      <vsys>
        <entry name="vsys1">
          <service><entry name="modbus"><protocol><tcp><port>502</port></tcp></protocol></entry></service>
          <rulebase>
            <security>
              <rules>
                <entry name="in and out" uuid="0">
                  <from>
                    <member>a</member>
                    <member>b</member>
                  </from>
                  <to><member>any</member></to>
                  <source><member>two words</member></source>
                  <destination><member>any</member></destination>
                  <application><member>any</member></application>
                  <service><member>modbus</member></service>
                  <action>allow</action>
                </entry>
              </rules>
            </security>
          </rulebase>
        </entry>
      </vsys>
    </entry>
  </devices>
</config>
"""


def parsed(text: str) -> Configuration:
    return read(NAME, text.encode(), "fw.cfg")


def value(configuration: Configuration, *key: str) -> str | None:
    rows = [r for r in configuration.rows if (r["category"], r["item"], r["setting"]) == key]
    assert len(rows) <= 1
    return str(rows[0]["value"]) if rows else None


def told(configuration: Configuration) -> list[str]:
    return [p.what for p in configuration.problems]


@pytest.mark.parametrize("form", [COMMANDS, BRACES, DOCUMENT], ids=["commands", "braces", "document"])
def test_three_forms_say_the_same(form: str) -> None:
    assert reader.resembling(form.encode()).best == reader.DIALECTS.all()[NAME]
    found = parsed(form)
    assert found.problems == ()
    assert dict(found.notes)["understood"].startswith("100 %")
    assert value(found, "line", "management interface", "telnet") == "yes"
    entry = value(found, "acl", "acl security-rules entry in and out", "entry")
    assert entry == "permit tcp 10.0.0.0/8 any port in 502 from a,b to any"


def test_a_document_of_one_line_is_read() -> None:
    found = parsed("".join(line.strip() for line in DOCUMENT.splitlines()))
    assert found.problems == ()
    assert value(found, "system", "device", "version") == "10.1.0"


@pytest.mark.parametrize("form", [COMMANDS, BRACES, DOCUMENT], ids=["commands", "braces", "document"])
def test_what_is_cut_off_anywhere_leaves_open_what_seems_absent(form: str) -> None:
    for share in range(1, 10):
        found = parsed(form[: len(form) * share // 10])
        assert found.problems, share
        assert value(found, "logging", "device", "remote_hosts") == "unknown-default"
        assert value(found, "system", "device", "complete") == "no"


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE config [<!ENTITY a "b">]>',
        '<!DOCTYPE config SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE c [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_documents_that_declare_entities_are_refused(before: str) -> None:
    with pytest.raises(InputError):
        parsed(DOCUMENT.replace("<config", f"{before}<config", 1))


def test_deep_documents_are_refused() -> None:
    deep = "<a>" * (MAX_NESTING + 2)
    with pytest.raises(InputError):
        parsed(DOCUMENT.replace("<devices>", f"<devices>{deep}", 1))


def test_an_element_that_nobody_knows_leaves_open_what_it_may_be_about() -> None:
    found = parsed(DOCUMENT.replace("<system>", "<system><wizardry>yes</wizardry>"))
    assert "system" in dict(found.notes)["leaves open"]
    found = parsed(DOCUMENT.replace("<devices>", "<wizardry/><devices>", 1))
    assert any(problem.startswith("not understood") for problem in told(found))


def test_what_panorama_may_add_is_not_absent() -> None:
    server = "set deviceconfig system panorama local-panorama panorama-server 10.0.0.9\n"
    assert value(parsed(COMMANDS), "logging", "device", "remote_hosts") == "absent"
    assert value(parsed(COMMANDS + server), "logging", "device", "remote_hosts") == "unknown-default"
    assert value(parsed(COMMANDS + server), "acl", "acl security-rules", "default_action") == "unknown-default"
    merged = DOCUMENT.replace("<hostname>", "<panorama><local-panorama><panorama-server>10.0.0.9</panorama-server>")
    merged = merged.replace("fw</hostname>", "</local-panorama></panorama><hostname>fw</hostname>")
    assert value(parsed(merged), "logging", "device", "remote_hosts") == "unknown-default"
    assert value(
        parsed(merged.replace("<system>", '<system ptpl="t" src="tpl">')), "logging", "device", "remote_hosts"
    ) == ("absent")


def test_templates_are_of_other_devices() -> None:
    found = parsed(COMMANDS + "set template t config deviceconfig system service disable-telnet no\n")
    assert any(problem.startswith("holds templates of Panorama") for problem in told(found))


def test_virtual_systems_have_objects_of_their_own() -> None:
    rule = (
        "set vsys {0} rulebase security rules r from a to b source n destination any application any service any action"
        " allow\nset vsys {0} address n ip-netmask 10.{1}.0.0/16\n"
    )
    found = parsed(COMMANDS.replace("set rulebase", "set vsys vsys1 rulebase") + rule.format("vsys2", 2))
    found = parsed("\n".join([COMMANDS, rule.format("vsys2", 2), rule.format("vsys3", 3)]))
    assert value(found, "acl", "acl vsys2 security-rules entry r", "source") == "10.2.0.0/16"
    assert value(found, "acl", "acl vsys3 security-rules entry r", "source") == "10.3.0.0/16"


@pytest.mark.parametrize(
    "text",
    [
        "<config/>",
        "<html><body>set deviceconfig system</body></html>",
        '<?xml version="1.0"?>\n<config version="1" environment="a"/>',
        "set system host-name a\nset interfaces ge-0/0/0 unit 0\n",
        "# How to\n```\nset system login\n```\n",
    ],
)
def test_other_systems_are_not_claimed(text: str) -> None:
    choice = reader.resembling(text.encode())
    assert choice.best is None or choice.best.name != NAME


def test_comments_accept_a_finding() -> None:
    remark = "otaudit: ignore telnet-enabled the panel is replaced until 2030-01-01"
    for text in (f"# {remark}\n{COMMANDS}", DOCUMENT.replace("<devices>", f"<!-- {remark} --><devices>", 1)):
        assert [w["rule"] for w in parsed(text).waivers] == ["telnet-enabled"]


def as_document(commands: str) -> str:
    """Commands of leaves as XML, each level an element of its own."""
    lines = ['<config version="10.1.0" urldb="paloaltonetworks">']
    for line in commands.splitlines():
        words = line.replace('"', "").split()[1:]
        plain = [w.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for w in words]
        opened = [f'<entry name="{w}">' if w[:1].isdigit() or "/" in w else f"<{w}>" for w in plain[:-1]]
        closed = [f"</{tag[1:].split()[0].rstrip('>')}>" for tag in reversed(opened)]
        lines += ["".join(opened), plain[-1], "".join(closed)]
    return "\n".join([*lines, "</config>"])


@given(one=SECRET, two=SECRET)
@settings(max_examples=40, deadline=None)
def test_no_secret_comes_out_of_a_document(one: str, two: str) -> None:
    text = as_document(cases(NAME)["secrets"]).replace("{0}", "ZERO").replace("{1}", "ONE")
    for name, secret in (("ZERO", one), ("ONE", two)):
        text = text.replace(name, secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    found = parsed(text)
    assert len(found.rows) > 50
    assert one not in repr(found)
    assert two not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        COMMANDS + "".join(f"set address a{i} ip-netmask 10.{i >> 8 & 255}.{i & 255}.1\n" for i in range(60_000)),
        COMMANDS + "".join(f"set address-group g{i} static g{i + 1}\n" for i in range(30_000)),
        COMMANDS
        + "".join(
            f"set rulebase security rules r{i} from a to b source any destination any application any service s{i}"
            " action allow\n"
            for i in range(15_000)
        ),
        COMMANDS + "".join(f"move rulebase security rules r{i} top\n" for i in range(30_000)),
        COMMANDS
        + "".join(f"set address-group g static a{i}\nset address a{i} ip-netmask 10.0.0.1/32\n" for i in range(20_000))
        + "".join(
            f"set rulebase security rules r{i} from a to b source g destination g application any service any action"
            " allow\n"
            for i in range(2_000)
        ),
        DOCUMENT.replace("<devices>", "<a><b>c</b></a>" * 30_000 + "<devices>", 1),
        'set deviceconfig system login-banner "\n' * 20_000,
        "deviceconfig {\n" * 20_000,
    ],
    ids=["addresses", "groups", "rules", "moves", "members", "elements", "texts", "blocks"],
)
def test_no_file_takes_long(text: str) -> None:
    began = time.process_time()
    parsed(text)
    assert time.process_time() - began < 20
