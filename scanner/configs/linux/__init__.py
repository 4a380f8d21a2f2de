"""What the outputs of a Linux device tell beside its filters: addresses, routes, rules, settings of the kernel."""
