#!/bin/sh
# Starts a node. A platform that has no files for secrets gives the certificates as variables, NATS_…_PEM: they are put into
# memory as the files that the configuration asks for, and nothing of them is left in the server's environment.
set -eu
ulimit -c 0
umask 077

if [ -n "${NATS_KEY_PEM:-}" ]; then
  files=${NATS_FILES:-/dev/shm/nats}
  mkdir -p "$files"
  printf '%s\n' "$NATS_TRUSTED_PEM" > "$files/ca.crt"
  printf '%s\n' "$NATS_CERTIFICATE_PEM" > "$files/tls.crt"
  printf '%s\n' "$NATS_KEY_PEM" > "$files/tls.key"
  export NATS_TRUSTED="$files/ca.crt" NATS_CERTIFICATE="$files/tls.crt" NATS_KEY="$files/tls.key"
  unset NATS_TRUSTED_PEM NATS_CERTIFICATE_PEM NATS_KEY_PEM
fi
exec nats-server --config "${NATS_CONFIGURATION:-/etc/nats/nats-server.conf}"
