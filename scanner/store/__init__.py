"""What was read of captures, kept beside saved facts: what is there unchanged is not read again.

An entry is a recording, the smallest that can be read by itself: the files of a ring are one
(docs/decisions/0004-a-folder-is-one-recording.md), and what is said of any depends on those before it. An entry is
found by the SHA-256 of the files that lie there now, which are read for it each time; never by their names and times.
``live`` reads on what goes on, for who watches.
"""
