"""Packet filters made of chains: rules that accept, deny, go on, jump to other chains and come back.

Netfilter (iptables, nftables) filters so. What a chain lets through is calculated with sets of packets, from above and
from below (decision 21): what is not understood of a rule narrows it, so at most the rest matches, and for certain
nothing.
"""
