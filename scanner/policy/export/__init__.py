"""A policy in the forms of others: CSV for spreadsheets, nftables for firewalls, Mermaid for documents."""
