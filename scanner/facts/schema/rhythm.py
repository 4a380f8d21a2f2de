"""Columns that say what is usual in a conversation, and how far it was from it."""

from __future__ import annotations

from scanner.facts.schema.columns import Column

RHYTHM = (
    Column("retransmissions_minute", "int", "of the repeated TCP segments, those of the calendar minute with the most"),
    Column("retransmissions_minute_time", "time", "when that minute began"),
    Column(
        "retransmissions_times",
        "float",
        "how many times as many as in a minute of the others on average, which is taken for one at least; null with "
        "fewer than five others, and without any",
        derived=True,
    ),
    Column(
        "answers_compared",
        "int",
        "how many answers to one request, which comes again and again, were compared with each other: those that came "
        "while nothing else was waiting; null where there are too few",
    ),
    Column("answer_usual", "float", "within what time half of them came at least, as a rule", "seconds"),
    Column(
        "answer_slowest",
        "float",
        "of the slowest fifteen in a row: after what time half of them came at the earliest",
        "seconds",
    ),
    Column("answer_times", "float", "answer_slowest by answer_usual", derived=True),
    Column("answer_slowest_time", "time", "the first of these fifteen"),
    Column(
        "client_ttls",
        "list[int]",
        "two times to live (hop limits) of packets with payload from the client that began with different ones, so "
        "that no way explains them; empty when there is one",
    ),
    Column("server_ttls", "list[int]", "the same of the server"),
    Column("ttl_frame", "int", "first frame with the second of them"),
    Column("looped", "int", "packets that came round again and again, each time with less time to live"),
    Column("looped_frame", "int", "first frame that shows it"),
    Column(
        "polls",
        "int",
        "how often the client sent what it sent most often at a steady rate; null when it sent nothing so",
    ),
    Column(
        "silence",
        "float",
        "of such a conversation: the longest time without packets, or without any of the server, while the recording "
        "had others; 0 when it is less than ten times as long as each other; null for others",
        "seconds",
    ),
    Column("silence_time", "time", "the last packet before it"),
    Column(
        "silent",
        "str",
        "who was silent then: server (the client was still seen, there or elsewhere), client (the server was), polls "
        "(both were, elsewhere), unknown (neither was); empty without silence",
    ),
    Column(
        "silence_ended_elsewhere",
        "bool",
        "it goes on in another recording or port, or another device took the place of one of its ends; null without "
        "silence",
        derived=True,
    ),
)
