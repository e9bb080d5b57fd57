package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"unsafe"
)

// configure brings the only device up by hand: a machine without a distribution
// has no program that would.
func configure(prefix, gateway string) error {
	if err := addAddress("eth0", prefix); err != nil {
		return err
	}
	router, err := netip.ParseAddr(gateway)
	if err != nil {
		return err
	}
	// struct rtentry: padding, destination, gateway, mask, flags.
	var route [120]byte
	copy(route[8:], socketAddress(netip.IPv4Unspecified()))
	copy(route[24:], socketAddress(router))
	copy(route[40:], socketAddress(netip.IPv4Unspecified()))
	binary.NativeEndian.PutUint16(route[56:], syscall.RTF_UP|syscall.RTF_GATEWAY)
	return control(syscall.SIOCADDRT, unsafe.Pointer(&route))
}

func addAddress(device, prefix string) error {
	parsed, err := netip.ParsePrefix(prefix)
	if err != nil {
		return err
	}
	mask := net.CIDRMask(parsed.Bits(), 32)
	if err := request(syscall.SIOCSIFADDR, device, socketAddress(parsed.Addr())); err != nil {
		return err
	}
	if err := request(syscall.SIOCSIFNETMASK, device, socketAddress(netip.AddrFrom4([4]byte(mask)))); err != nil {
		return err
	}
	return request(syscall.SIOCSIFFLAGS, device, binary.NativeEndian.AppendUint16(nil, syscall.IFF_UP|syscall.IFF_RUNNING))
}

// socketAddress is a struct sockaddr_in without a port.
func socketAddress(address netip.Addr) []byte {
	text := binary.NativeEndian.AppendUint16(nil, syscall.AF_INET)
	text = append(text, 0, 0)
	return append(text, address.AsSlice()...)
}

// request sends a struct ifreq.
func request(code uintptr, device string, value []byte) error {
	var message [40]byte
	copy(message[:15], device)
	copy(message[16:], value)
	return control(code, unsafe.Pointer(&message))
}

func control(code uintptr, message unsafe.Pointer) error {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer func() { _ = syscall.Close(socket) }()
	if _, _, failure := syscall.Syscall(syscall.SYS_IOCTL, uintptr(socket), code, uintptr(message)); failure != 0 {
		return fmt.Errorf("configure the network (%#x): %w", code, failure)
	}
	return nil
}
