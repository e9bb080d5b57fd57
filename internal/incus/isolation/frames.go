package isolation

import "context"

// FrameFilter finds out whether the kernel can filter bridged frames in the way
// that Incus asks it to for MAC and IPv4 filtering, by adding and removing such
// rules in one step, which nobody else sees. The error says what is missing.
func FrameFilter(ctx context.Context) error { return nft(ctx, frames, "-f", "-") }

// Private

const frames = `table bridge dictumal_probe {
	chain forward {
		type filter hook forward priority filter; policy accept;
		iifname "dictumal-probe" ether saddr != 00:16:3e:00:00:01 drop
		iifname "dictumal-probe" ether type arp arp saddr ether != 00:16:3e:00:00:01 drop
		iifname "dictumal-probe" ether type ip ip saddr != 192.0.2.1 drop
		iifname "dictumal-probe" ip protocol udp udp dport 67 accept
	}
}
delete table bridge dictumal_probe
`
