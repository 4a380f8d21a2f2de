"""From enriched facts to a policy that says what was seen and authorises nothing that changes a controller.

``policy.learn`` is the way in. Data flows from ``seen`` (nodes and relations) over ``segments``, ``partition`` and
``levels`` (zones), ``authority`` (who may have done what) and ``conduits`` to ``text`` (YAML).
"""
