"""Cameras for machine vision (GigE Vision)."""
