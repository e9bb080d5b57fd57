#!/bin/sh
# Begins the bootstrap at every boot, before anybody can log in: puts this version's
# files in place unless the image has them, then what is particular to this machine.
set -e
cd /var/lib/dictumal/payload
if [ "$(cat /usr/lib/dictumal/version 2>/dev/null)" != "$1" ]; then
	tar -xzf base.tar.gz -C /
	systemctl daemon-reload
fi
tar -xzf deployment.tar.gz -C /
systemctl start --no-block dictumal-bootstrap.service
