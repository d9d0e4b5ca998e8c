"""The loopback upstream, a process of its own: ``python -m tests.bench.upstream ACK_FD``.

It answers with prepared pieces and never has more than one of them on the way: after each it waits for one byte on the
pipe ``ACK_FD``, which the reader writes when his ``recv`` has returned.  So a piece is a network read, and while the
reader works on a piece the next one is sent: the reader waits for the server only if he is the faster of the two.

Standard input: lines of JSON, ``{"path": ..., "pieces": [text, ...]}``, closed by an empty line.  Standard output: the
port.  It ends when its standard input does.
"""

import json
import os
import socket
import sys
import threading

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"x-request-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n"
)
#: HEAD and the first piece go out together, and so do the last piece and this.
END = b"0\r\n\r\n"
#: One answer at a time, its last acknowledgement included: nobody may take that for one of his own.
ONE = threading.Lock()


def framed(pieces: list[str]) -> list[bytes]:
    """Everything that is sent, ready: one HTTP chunk a piece."""
    chunks = [b"%x\r\n%b\r\n" % (len(data), data) for data in (piece.encode() for piece in pieces)]
    chunks[0] = HEAD + chunks[0]
    chunks[-1] += END
    return chunks


def serve(connection: socket.socket, answers: dict[str, list[bytes]], acks: int) -> None:
    """Answer the requests of one connection, each by the last two parts of its path."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, connection.makefile("rb") as incoming:
        while line := incoming.readline():
            length = 0
            while (header := incoming.readline()) not in (b"\r\n", b""):
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            incoming.read(length)
            with ONE:
                for chunk in answers[line.split()[1].decode()]:
                    connection.sendall(chunk)
                    os.read(acks, 1)


def main() -> None:
    acks = int(sys.argv[1])
    answers = {}
    while (line := sys.stdin.readline().strip()) != "":
        told = json.loads(line)
        answers[told["path"]] = framed(told["pieces"])
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    threading.Thread(target=_accept, args=(listening, answers, acks), daemon=True).start()
    sys.stdin.read()


def _accept(listening: socket.socket, answers: dict[str, list[bytes]], acks: int) -> None:
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=serve, args=(connection, answers, acks), daemon=True).start()


if __name__ == "__main__":
    main()
