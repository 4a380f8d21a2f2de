"""The compiled part: Cython in pure-Python mode, one file for each stage a packet passes."""
