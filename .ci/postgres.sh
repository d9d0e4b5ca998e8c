#!/usr/bin/env bash
# .ci/postgres.sh COMMAND...: runs COMMAND with a throw-away PostgreSQL, whose URL is in SHIM_TEST_POSTGRES.
# Installs the server if it is absent and this is root on a Debian; where there is none, COMMAND runs without it and
# its tests for PostgreSQL are skipped, unless REQUIRE_POSTGRES=1.  The server listens on the loopback address alone, on
# a free port, and is gone with its data when COMMAND has ended.
set -euo pipefail

binaries() {
    { command -v pg_ctl || true; ls /usr/lib/postgresql/*/bin/pg_ctl 2>/dev/null || true; } |
        xargs -r readlink -f | sort -V | tail -n 1 | xargs -r dirname
}

install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
    # Without this Debian makes and starts a cluster of its own, which nobody needs here.
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql; } >/dev/null 2>&1 || true
}

# As the server's own user, as it refuses to run as root; everybody else runs it himself.
as_server() {
    if [ "$(id -u)" = 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

[ -n "$(binaries)" ] || install
bin=$(binaries)
if [ -z "$bin" ]; then
    echo "no PostgreSQL here, and none could be installed: its tests are skipped" >&2
    [ "${REQUIRE_POSTGRES:-}" != 1 ] || exit 1
    exec "$@"
fi

home=$(as_server mktemp -d "${TMPDIR:-/tmp}/postgres.XXXXXX")
stop() {
    (cd / && as_server "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1) || true
    rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT TERM

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# What a crash of the machine would cost does not matter here; what the tests measure does not depend on it.
options="-p $port -h 127.0.0.1 -k $home -c fsync=off -c full_page_writes=off -c max_connections=200"
(
    cd /
    as_server "$bin/initdb" -D "$home/data" -U shim -A trust -E UTF8 --locale=C --no-sync >/dev/null
    as_server "$bin/pg_ctl" -D "$home/data" -w -t 60 -l "$home/log" -o "$options" start >/dev/null
)
export SHIM_TEST_POSTGRES="postgresql+psycopg://shim@127.0.0.1:$port/postgres"
"$@"
