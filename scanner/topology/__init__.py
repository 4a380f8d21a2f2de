"""Which port of which switch is connected to which device, by what switches and devices say."""
