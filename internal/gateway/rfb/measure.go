package rfb

import "encoding/binary"

// The messages that a viewer may send, by their first byte.
const (
	setPixelFormat    = 0
	setEncodings      = 2
	updateRequest     = 3
	keyEvent          = 4
	pointerEvent      = 5
	cutText           = 6
	continuousUpdates = 150
	fence             = 248
	power             = 250 // xvp: shut down, reboot
	setDesktopSize    = 251
	qemu              = 255
)

// MaxHeld is the most that a [Filter] holds back: what it lets through of n bytes
// may be n and this much.
const MaxHeld = maxHead

const (
	// maxHead is the longest head by which a message can be understood.
	maxHead = extendedHead
	// extendedHead is the head of an extended clipboard message, with its flags.
	extendedHead = 12
	// moreButtons marks a pointer message that is a byte longer.
	moreButtons = 0x80
	// maxText bounds a text: servers take less, and none should be kept busy.
	maxText = 16 << 20
	// maxFence is the most that a fence may carry.
	maxFence = 64
)

// measure gives the size of the message that begins with head, and false while
// more of the head is needed.
func measure(head []byte) (size int, understood bool, err error) {
	switch head[0] {
	case setPixelFormat:
		return 20, true, nil
	case updateRequest, continuousUpdates:
		return 10, true, nil
	case keyEvent:
		return 8, true, nil
	case power:
		return 4, true, nil
	case pointerEvent:
		size, understood = measurePointer(head)
		return size, understood, nil
	case setEncodings:
		if len(head) < 4 {
			return 0, false, nil
		}
		return 4 + 4*int(binary.BigEndian.Uint16(head[2:])), true, nil
	case setDesktopSize:
		if len(head) < 8 {
			return 0, false, nil
		}
		return 8 + 16*int(head[6]), true, nil
	case cutText:
		return measureText(head)
	case fence:
		return measureFence(head)
	case qemu:
		return measureQEMU(head)
	}
	return 0, false, faultf("The viewer sent a message of the unknown type %d.", head[0])
}

// measurePointer wants the whole message, which is as short as a head.
func measurePointer(head []byte) (size int, understood bool) {
	if len(head) < 6 {
		return 0, false
	}
	if head[1]&moreButtons != 0 {
		return 7, len(head) == 7
	}
	return 6, true
}

func measureText(head []byte) (size int, understood bool, err error) {
	if len(head) < 8 {
		return 0, false, nil
	}
	length := int(int32(binary.BigEndian.Uint32(head[4:]))) //nolint:gosec // negative is extended
	if length > maxText || length < -maxText || -4 < length && length < 0 {
		return 0, false, faultf("The viewer sent a text of %d bytes, which is out of bounds.", length)
	}
	if length >= 0 {
		return 8 + length, true, nil
	}
	return 8 - length, len(head) == extendedHead, nil
}

func measureFence(head []byte) (size int, understood bool, err error) {
	if len(head) < 9 {
		return 0, false, nil
	}
	if head[8] > maxFence {
		return 0, false, faultf("The viewer sent a fence of %d bytes, more than it may.", head[8])
	}
	return 9 + int(head[8]), true, nil
}

func measureQEMU(head []byte) (size int, understood bool, err error) {
	if len(head) < 2 {
		return 0, false, nil
	}
	if head[1] != 0 {
		return 0, false, faultf("The viewer sent a QEMU message of the unknown type %d.", head[1])
	}
	return 12, true, nil
}
