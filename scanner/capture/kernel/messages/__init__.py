"""Payload to messages: segmentation, recognition, keys of distinct messages, pairing."""
