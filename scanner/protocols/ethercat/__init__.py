"""EtherCAT with CANopen and the other mailbox protocols."""
