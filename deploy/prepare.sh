#!/usr/bin/env bash
# Brings what no wheel brings: the ODBC driver manager, the drivers, and a MariaDB server for sandbox and tests.
# Root on Debian or Ubuntu gets installed what is missing; everyone else gets the line to run. Without the driver
# manager nothing can go on; without a driver or MariaDB the rest still works, and its tests say what they lack.
# Microsoft's driver is not here: its licence is the user's to accept (docs/sql-server.md).
# Use: deploy/prepare.sh PYTHON
set -euo pipefail
python=${1:?the Python of the virtual environment}
manager=unixodbc
drivers=(odbc-postgresql odbc-mariadb libsqliteodbc tdsodbc)
get=(apt-get install -y --no-install-recommends)

# Each package once, by what it brings: a driver's library, the server's program.
missing() {
  local package probe program
  for package in "${drivers[@]}" mariadb-server openssh-server; do
    case $package in
      odbc-postgresql) probe=psqlodbcw.so ;;
      odbc-mariadb) probe=libmaodbc.so ;;
      libsqliteodbc) probe=libsqlite3odbc.so ;;
      tdsodbc) probe=libtdsodbc.so ;;
      mariadb-server) probe='' program=mariadbd ;;
      openssh-server) probe='' program=sshd ;; # only for the tests of drop folders over SFTP
    esac
    if [ -n "$probe" ]; then
      compgen -G "/usr/lib/*/odbc/$probe" >/dev/null || compgen -G "/usr/lib*/$probe" >/dev/null || echo "$package"
    else
      PATH=$PATH:/usr/sbin:/usr/local/sbin:/usr/libexec command -v "$program" >/dev/null || echo "$package"
    fi
  done
}

can_import=yes
if ! reason=$("$python" -c 'import pyodbc' 2>&1); then
  can_import=no
  case $reason in
    *libodbc*) ;;
    *) printf '%s\n' "$reason" >&2; exit 1 ;; # broken in another way: a system package would not mend it
  esac
fi
mapfile -t wanted < <(missing)
[ $can_import = yes ] || wanted=("$manager" "${wanted[@]}")
[ ${#wanted[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "missing, so installed now: ${wanted[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # A server package starts its service once installed; this machine's services are not ours to start. A policy that
  # the machine has already is kept.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
  fi
  apt-get update -q </dev/null || true # lists that are there may do
  if "${get[@]}" "${wanted[@]}" </dev/null; then
    "$python" -c 'import pyodbc'
    exit 0
  fi
  if [ $can_import = yes ]; then
    echo "not installed: ${wanted[*]}; sources that need them cannot be read, their tests are skipped" >&2
    exit 0
  fi
  exit 1
fi

line="sudo ${get[*]} ${wanted[*]}"
if [ $can_import = no ]; then
  echo "libodbc is missing, SQL sources cannot be read without it. Run once, then the same make again:" >&2
  echo "  $line" >&2
  echo "(other systems: the packages of unixODBC and of the drivers)" >&2
  exit 1
fi
echo "missing, so some SQL sources cannot be read and their tests are skipped: ${wanted[*]}" >&2
echo "  $line" >&2
