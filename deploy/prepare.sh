#!/usr/bin/env bash
# Makes sure that pyodbc can be imported: its wheel brings no libodbc, the system does.
# Root on Debian or Ubuntu gets it installed; everyone else gets the line to run. Nothing else belongs here:
# PostgreSQL comes from the system or from a wheel, drivers of single vendors are named by `hub doctor`.
# Use: deploy/prepare.sh PYTHON
set -euo pipefail
python=${1:?the Python of the virtual environment}
install=(apt-get install -y --no-install-recommends unixodbc)

if reason=$("$python" -c 'import pyodbc' 2>&1); then exit 0; fi
case $reason in
  *libodbc*) ;;
  *) printf '%s\n' "$reason" >&2; exit 1 ;; # broken in another way: a system package would not mend it
esac

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "libodbc is missing: ${install[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q </dev/null
  "${install[@]}" </dev/null
  exec "$python" -c 'import pyodbc'
fi
echo "libodbc is missing, SQL sources cannot be read without it. Run once, then the same make again:" >&2
echo "  sudo ${install[*]}" >&2
echo "(other systems: the package named unixODBC)" >&2
exit 1
