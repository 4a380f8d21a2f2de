"""Why fields of Sigma's log sources are in no table, as ``logsources.yaml`` says it: sentences of the catalogue."""

from __future__ import annotations

from scanner.wording import said

REASONS = {
    str(reason): reason
    for reason in (
        said("ports of clients are not kept"),
        said("whether a firewall let something pass is not seen"),
        said("it is an identifier of Zeek"),
        said("rules judge rows, not moments"),
        said("programs are not seen in captures"),
        said("users are not seen in captures"),
        said("it is about one host"),
        said("names of servers are not kept for conversations"),
        said("names of clients are not kept for conversations"),
        said("it is a judgement of Zeek"),
        said("it is a notation of Zeek"),
        said("how long a conversation took is not a column"),
        said("names that are asked for are not kept, unless they are long"),
        said("answers are not kept"),
        said("types of queries are not kept"),
        said("classes of queries are not kept"),
        said("outcomes are counted, not named"),
        said("the query of a URI is not kept, only its path"),
        said("names of browsers are not kept"),
        said("it is kept of the session, not of the request"),
        said("kinds of content are not kept"),
        said("fingerprints are not made"),
        said("serial numbers of certificates are not kept"),
        said("curves of keys are not kept"),
        said("other names in certificates are not kept"),
        said("names of programs are not kept"),
        said("Zeek writes it for the session, otaudit for what was chosen"),
        said("names that clients state are not kept"),
        said("names of shares and files are not kept"),
        said("Zeek names actions on files, otaudit requests"),
        said("interfaces are known where they are bound, not with every request"),
        said("operations are numbers where their interface is not known"),
        said("names of pipes are not kept"),
        said("Zeek names functions otherwise"),
    )
}
