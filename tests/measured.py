"""The servers that the tests measure."""

from scripts.benchmark.peers import HISTORIES, SERVERS, with_histories

EVERY = {server.name: server for server in with_histories(SERVERS, [*HISTORIES])}
TEXTBOOK = EVERY["textbook"]
