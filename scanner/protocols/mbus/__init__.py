"""M-Bus (EN 13757): meters behind serial servers and gateways."""
