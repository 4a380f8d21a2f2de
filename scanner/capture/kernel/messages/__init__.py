"""Payload to messages: copies, TCP reassembly, segmentation, recognition, keys of distinct messages, pairing."""
