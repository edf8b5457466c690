#!/bin/sh
# Registers an instance of a service, finds it, and sees it come and go, with the ordinary etcdctl.
#
#   sh examples/register-and-discover.sh
set -eu

endpoints=${ROLLCALL_ENDPOINTS:-127.0.0.1:2379}
ctl() {
  ETCDCTL_API=3 etcdctl --endpoints "$endpoints" "$@"
}

# The instance lapses ten seconds after the last renewal; keep-alive renews it for as long as it runs.
lease=$(ctl lease grant 10 | cut -d ' ' -f 2)
ctl put --lease="$lease" /services/payment/shell-1 10.0.1.47:8080
ctl lease keep-alive "$lease" >/dev/null &
renewing=$!
trap 'kill "$renewing" 2>/dev/null || true' EXIT

echo 'All instances of payment:'
ctl get --prefix /services/payment/

echo 'Without its lease it is gone:'
ctl lease revoke "$lease"
ctl get --prefix /services/payment/shell-
