"""SECS-II and HSMS (SEMI E5, E37)."""
