#!/bin/sh
# Prints the path of a Chromium for the browser tests; as root on Debian it installs one, with a Chinese font, when there is none.
# The headless shell comes first: the same engine without windows, for two thirds of the work. One that is named is never replaced.
set -eu
find_one() {
  for name in ${BIHUAN_CHROMIUM:-chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable}; do
    command -v "$name" && return 0
  done
  return 1
}
has_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ]; }
missing() {
  has_font || echo fontconfig fonts-noto-cjk
  find_one >/dev/null || [ -n "${BIHUAN_CHROMIUM:-}" ] || echo chromium-headless-shell
}

if [ -n "$(missing)" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  {
    apt-get update -qq
    wanted=$(missing)
    apt-cache show chromium-headless-shell >/dev/null 2>&1 || wanted=$(missing | sed s/chromium-headless-shell/chromium/)
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted
  } >&2 </dev/null
fi
find_one && exit 0
echo "浏览器测试需要 Chromium：请安装（Debian/Ubuntu：sudo apt-get install chromium-headless-shell fonts-noto-cjk），或用 BIHUAN_CHROMIUM=/路径 指定一个。" >&2
echo "The browser tests need Chromium: install it (Debian/Ubuntu: sudo apt-get install chromium-headless-shell fonts-noto-cjk) or name one: BIHUAN_CHROMIUM=/path." >&2
exit 1
