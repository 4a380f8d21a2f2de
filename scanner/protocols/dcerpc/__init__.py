"""DCE/RPC with DCOM, SMB and RDP."""
