#!/bin/sh
# Begins the bootstrap at every boot, before anybody can log in: puts this version's
# files in place unless the image has them, then what is particular to this machine.
set -e
[ ! -e /run/dictumal-begun ] || exit 0

fail() {
	mkdir -p /var/lib/dictumal
	printf '%s Failed: %s\n' "$(date +%T)" "$1" >>/var/log/dictumal-init.log
	printf '{"bootstrap":"failed","reason":"bootstrap-failed","cause":"%s"}\n' "$1" >/var/lib/dictumal/state.json
	exit 1
}

# What this machine was made from is for root alone, and so is the provider's
# metadata, which holds it as well. The kernel takes user ids only as far as this
# machine has any.
seed=/var/lib/cloud/seed/nocloud-net
[ ! -d "$seed" ] || chmod 0700 "$seed"
last=$(awk '{ last = $1 + $3 - 1 } END { printf "%.0f", last }' /proc/self/uid_map)
# The mark "kernel" keeps networkd from taking the rule for a leftover.
ip rule add to 169.254.169.254 uidrange "1-$last" protocol kernel prohibit ||
	fail "The provider's metadata address could not be closed to the desktop's user."
cd /var/lib/dictumal/payload
if [ "$(cat /usr/lib/dictumal/version 2>/dev/null)" != "$1" ]; then
	tar -xzf base.tar.gz -C /
	systemctl daemon-reload
fi
tar -xzf deployment.tar.gz -C /
touch /run/dictumal-begun
systemctl start --no-block dictumal-bootstrap.service
