package rfb

// Rights say what a viewer may do beyond watching.
type Rights struct {
	Input bool // keys, pointer, the desktop's size
	Paste bool // text into the machine
	Copy  bool // text out of the machine
}

// Filter lets through what a viewer may send, and nothing that it does not
// know: a message that the machine would read another way than the filter does
// could carry others inside. It works on a stream cut anywhere, remembers no
// more than the head of one message, and begins with the viewer's ClientInit.
//
// Plain text out of the machine is asked for by no message; that direction is
// closed on the machine itself. The filter adds that it is not asked for either.
type Filter struct {
	rights  Rights
	begun   bool
	head    [maxHead]byte // of the message under way, until it is understood
	held    int
	left    int // bytes of its body to come
	passing bool
}

// NewFilter makes a filter for one viewer.
func NewFilter(rights Rights) *Filter { return &Filter{rights: rights} }

// Append appends to dst what of src may pass. A viewer that sends something
// unknown is at fault, and nothing more of it can be understood.
func (f *Filter) Append(dst, src []byte) ([]byte, error) {
	if !f.begun && len(src) > 0 {
		// Whatever the viewer asks, it shares the desktop: else each would
		// throw out the one before.
		dst, src, f.begun = append(dst, 1), src[1:], true
	}
	for len(src) > 0 {
		if f.left > 0 {
			n := min(f.left, len(src))
			if f.passing {
				dst = append(dst, src[:n]...)
			}
			src, f.left = src[n:], f.left-n
			continue
		}
		f.head[f.held] = src[0]
		f.held++
		src = src[1:]
		size, understood, err := measure(f.head[:f.held])
		if err != nil {
			return dst, err
		}
		if understood {
			dst = f.open(dst, size)
		}
	}
	return dst, nil
}

// Private

// open decides about a message of the given size whose head is held.
func (f *Filter) open(dst []byte, size int) []byte {
	head := f.head[:f.held]
	f.held, f.left, f.passing = 0, size-len(head), f.rights.allow(head)
	if !f.passing {
		return dst
	}
	if head[0] == pointerEvent && f.rights != (Rights{true, true, true}) {
		head = plainPointer(head)
	}
	return append(dst, head...)
}

func (r Rights) allow(head []byte) bool {
	switch head[0] {
	case keyEvent, pointerEvent, power, setDesktopSize, qemu:
		return r.Input
	case cutText:
		return r.allowText(head)
	}
	return true
}

// allowText tells plain text, which is a paste, from the extended clipboard,
// whose messages go both ways and say in their flags what they are for.
func (r Rights) allowText(head []byte) bool {
	if len(head) < extendedHead {
		return r.Paste
	}
	const (
		request = 1 << 1 // in the first of the flags' four bytes
		peek    = 1 << 2
		notify  = 1 << 3
		provide = 1 << 4
	)
	action := head[8]
	if action&(notify|provide) != 0 && !r.Paste {
		return false
	}
	return action&(request|peek) == 0 || r.Copy
}

// plainPointer takes the additional buttons from a pointer message. A machine
// that does not know of them would take the additional byte for the beginning
// of the next message, and a viewer could hide another message behind it.
func plainPointer(head []byte) []byte {
	head[1] &^= moreButtons
	return head[:6]
}
