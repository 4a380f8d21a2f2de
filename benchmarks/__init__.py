"""Throughput and memory on generated captures, beside peer tools."""
