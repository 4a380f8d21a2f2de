"""OPC UA, OPC UA PubSub and OPC Classic."""
