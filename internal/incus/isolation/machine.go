package isolation

import "maps"

// Profile is the configuration that every machine gets: an unprivileged
// container with user ids of its own, without Incus' guest API.
func Profile() map[string]string {
	return map[string]string{
		"security.privileged":     "false",
		"security.idmap.isolated": "true",
		"security.nesting":        "false",
		"security.guestapi":       "false",
		"limits.processes":        "8192", // a fork bomb ends at its own machine
	}
}

// NIC is the configuration of a machine's only network device on a bridge. With
// filtering, the machine can send under its own MAC and IPv4 address only, which
// needs a kernel that filters bridged frames.
func NIC(bridge string, filtering bool) map[string]string {
	nic := map[string]string{
		"type":                    "nic",
		"name":                    "eth0",
		"network":                 bridge,
		"security.port_isolation": "true",
	}
	if filtering {
		nic["security.mac_filtering"] = "true"
		nic["security.ipv4_filtering"] = "true"
	}
	return nic
}

// Isolated tells whether a configuration has at least everything of [Profile]
// and [NIC].
func Isolated(config, nic map[string]string) bool {
	return has(config, Profile()) && has(nic, NIC(nic["network"], false))
}

// Private

func has(config, wanted map[string]string) bool {
	both := maps.Clone(config)
	if both == nil {
		both = map[string]string{}
	}
	maps.Copy(both, wanted)
	return maps.Equal(both, config)
}
