"""IEC 61850: MMS, GOOSE and Sampled Values."""
