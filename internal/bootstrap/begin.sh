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

# sshd takes a locked or expired password for a closed account, even with a key.
case "$(grep '^root:' /etc/shadow)" in
'root:*:1:0:99999:7:::') ;;
*) usermod --password '*' root && chage -d 1 -m 0 -M 99999 -W 7 -I -1 -E -1 root ||
	fail "The account of root could not be opened to its key." ;;
esac

cd /var/lib/dictumal/payload
held=$(cat /usr/lib/dictumal/version 2>/dev/null || true)
[ "$held" = "$1" ] || tar -xzf base.tar.gz -C /
tar -xzf deployment.tar.gz -C /
[ "$held" = "$1" ] || systemctl daemon-reload
touch /run/dictumal-begun
systemctl start --no-block dictumal-firewall.service dictumal-bootstrap.service
