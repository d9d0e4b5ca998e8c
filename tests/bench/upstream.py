"""The loopback upstream, which runs in its own process: ``python -m tests.bench.upstream ACK_FD``.

It sends prepared pieces, and after each piece waits for one byte on the pipe ``ACK_FD``, which the reader writes when
its ``recv`` has returned. So each piece is one network read, and the next piece is sent while the reader processes
this one: the reader waits for the server only if the reader is the faster of the two.

Standard input: lines of JSON, ``{"path": ..., "pieces": [text, ...]}``, closed by an empty line. Standard output: the
port. The process ends when its standard input is closed.
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
#: HEAD is sent together with the first piece, and END together with the last piece.
END = b"0\r\n\r\n"
#: One answer at a time, including its last acknowledgement, so that no answer receives the acknowledgement of another.
ONE = threading.Lock()


def framed(pieces: list[str]) -> list[bytes]:
    """All bytes to send, prepared: one HTTP chunk for each piece."""
    chunks = [b"%x\r\n%b\r\n" % (len(data), data) for data in (piece.encode() for piece in pieces)]
    chunks[0] = HEAD + chunks[0]
    chunks[-1] += END
    return chunks


def serve(connection: socket.socket, answers: dict[str, list[bytes]], acks: int) -> None:
    """Answer the requests of one connection; the path selects the answer."""
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
        answer = json.loads(line)
        answers[answer["path"]] = framed(answer["pieces"])
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
