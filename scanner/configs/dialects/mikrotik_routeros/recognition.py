"""What a RouterOS export looks like, with its header and without."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

_DATE = r"(?:[a-z]{3}/\d\d/\d{4}|\d{4}[-/]\d\d[-/]\d\d) \d\d:\d\d:\d\d by "

TELLTALES = Telltales(
    marks={
        said("its version"): rf"# (?:{_DATE})?RouterOS \d+\.\d",
        said("its software id"): r"# (?:software|system) id = ",
        said(
            "its filter"
        ): r"/ip(?:v6)?[ /]firewall[ /](?:filter|nat|raw|address-list)(?:[ \t]+add [^\n]*|[ \t]*\n(?:add|set) )",
        said("its services"): r"/ip[ /]service(?:[ \t]+(?:set|disable) |[ \t]*\n(?:set|disable) )",
        said("its ports"): r"(?:/interface[ /]ethernet )?set \[ ?find default-name=",
        said("its addresses"): r"/ip[ /]address(?:[ \t]+add |[ \t]*\nadd )(?:[^\n]* )?address=",
        said("its bridges"): r"/interface[ /]bridge(?:[ /]port)?(?:[ \t]+add |[ \t]*\nadd )",
        said("its name"): r"/system[ /]identity(?:[ \t]+set |[ \t]*\nset )name=",
    },
)
