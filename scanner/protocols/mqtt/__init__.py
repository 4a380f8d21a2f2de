"""MQTT, MQTT-SN, MQTT over WebSocket, and Sparkplug."""
