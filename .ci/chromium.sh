#!/usr/bin/env bash
# .ci/chromium.sh: sees to it that there is a Chromium for the tests of pages, where this is root on a Debian.  Elsewhere
# install one yourself: `chromium`, `chromium-browser` or `google-chrome` on the PATH.  REQUIRE_CHROMIUM=1 fails without.
set -euo pipefail

there() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

if ! there >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1 || true
fi
there && exit 0
echo "no Chromium here, and none could be installed: its tests are skipped" >&2
[ "${REQUIRE_CHROMIUM:-}" != 1 ]
