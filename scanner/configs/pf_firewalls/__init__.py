"""OPNsense and pfSense: firewalls that keep their whole configuration in one file of XML, config.xml.

Both descend from m0n0wall, so most of the file is alike; what only one of them has or means otherwise is told by a
``FirewallKind``. Sources: the manuals of OPNsense (docs.opnsense.org) and pfSense (docs.netgate.com), the models and
default configurations of both, and pf.conf(5) for what the rules become.
"""
