"""Services that say who somebody is: log-ins of networks, devices and domains."""
